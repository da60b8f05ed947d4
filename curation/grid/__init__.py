"""A subject's pictures in one order or another, some of them or all: the organiser's main page."""
