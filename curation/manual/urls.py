"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from curation.manual import pages as views

pages: list[URLPattern] = [path("manual/", views.manual, name="manual")]
api: list[URLPattern] = []
