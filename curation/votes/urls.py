"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from curation.votes import api as commands
from curation.votes import pages as views

_BATCHES = "projects/<slug:project>/subjects/<slug:subject>/batches/"

pages: list[URLPattern] = [
    path(_BATCHES, views.batches, name="batches"),
    path(f"{_BATCHES}<int:number>/", views.batch, name="batch"),
    path(f"{_BATCHES}<int:number>/desk/", views.desk, name="desk"),
]
api: list[URLPattern] = [
    path("batches/<int:batch_id>/desk", commands.DeskView.as_view(), name="api_desk"),
    path("batches/<int:batch_id>/standing", commands.StandingView.as_view(), name="api_standing"),
    path("items/<int:item_id>/vote", commands.VoteView.as_view(), name="api_vote"),
]
