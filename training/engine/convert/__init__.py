"""Swaps faces in pictures and videos, and marks the results as generated."""
