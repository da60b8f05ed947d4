"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from curation.releases import pages as views

_RELEASES = "projects/<slug:project>/subjects/<slug:subject>/releases/"
_RELEASE = f"{_RELEASES}<int:number>/"

pages: list[URLPattern] = [
    path(_RELEASES, views.releases_page, name="releases"),
    path(_RELEASE, views.release_page, name="release"),
    path(f"{_RELEASE}manifest.jsonl", views.manifest_file, name="release_manifest"),
    path(f"{_RELEASE}release.zip", views.zip_file, name="release_zip"),
]
api: list[URLPattern] = []
