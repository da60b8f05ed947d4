"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from curation.consensus import image_page
from curation.consensus import pages as views

_SUBJECT = "projects/<slug:project>/subjects/<slug:subject>/"
_IMAGE = f"{_SUBJECT}contested/<int:number>/"

pages: list[URLPattern] = [
    path(f"{_SUBJECT}images/<int:number>/", image_page.image, name="image"),
    path(f"{_SUBJECT}contested/", views.contested, name="contested"),
    path(_IMAGE, views.contested_image, name="contested_image"),
    path(f"{_IMAGE}withdraw/", views.withdraw, name="withdraw_ruling"),
    path(
        f"{_SUBJECT}batches/<int:number>/decisions/",
        views.batch_decisions,
        name="batch_decisions",
    ),
]
api: list[URLPattern] = []
