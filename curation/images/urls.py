"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from curation.images import picture_pages, source_pages

_of_subject = [
    path("sources/", source_pages.sources, name="sources"),
    path("imports/<int:import_run_id>/", source_pages.import_run, name="import_run"),
    path("images/<int:number>/thumb.webp", picture_pages.image_thumb, name="image_thumb"),
    path("images/<int:number>/preview.webp", picture_pages.image_preview, name="image_preview"),
]

pages: list[URLPattern | URLResolver] = [
    path("projects/<slug:project>/subjects/<slug:subject>/", include(_of_subject)),
]
api: list[URLPattern] = []
