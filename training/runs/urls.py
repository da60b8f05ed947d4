"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from training.runs import api as endpoints
from training.runs import pages as views

_RUNS = "projects/<slug:project>/runs/"
_RUN = f"{_RUNS}<int:number>/"

pages: list[URLPattern] = [
    path(_RUNS, views.runs_page, name="runs"),
    path(f"{_RUNS}new/", views.new_run_page, name="new_run"),
    path(_RUN, views.run_page, name="run"),
    path(f"{_RUN}preview.webp", views.preview_file, name="run_preview"),
]
api: list[URLPattern] = [
    path("runs/<int:run_id>", endpoints.RunView.as_view(), name="api_run"),
    path("runs/<int:run_id>/losses", endpoints.LossesView.as_view(), name="api_run_losses"),
    path("runs/<int:run_id>/stop", endpoints.StopView.as_view(), name="api_run_stop"),
    path("runs/<int:run_id>/resume", endpoints.ResumeView.as_view(), name="api_run_resume"),
    path("runs/<int:run_id>/save", endpoints.SaveView.as_view(), name="api_run_save"),
    path("runs/<int:run_id>/preview", endpoints.PreviewView.as_view(), name="api_run_preview"),
]
