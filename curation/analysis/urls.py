"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from curation.analysis import pages as views

_of_subject = [
    path("images/", views.images, name="images"),
]

pages: list[URLPattern | URLResolver] = [
    path("projects/<slug:project>/subjects/<slug:subject>/", include(_of_subject)),
]
api: list[URLPattern] = []
