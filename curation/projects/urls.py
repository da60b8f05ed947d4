"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern

pages: list[URLPattern] = []
api: list[URLPattern] = []
