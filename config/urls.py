"""Every address of the site, stage by stage in the order of the flow."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

import curation.analysis.urls
import curation.batches.urls
import curation.consensus.urls
import curation.images.urls
import curation.manual.urls
import curation.projects.urls
import curation.releases.urls
import curation.votes.urls
import frontend.urls
import training.runs.urls
from config import derived
from frontend.pages import home as overview

STAGES = (
    curation.projects.urls,
    frontend.urls,
    curation.manual.urls,
    curation.images.urls,
    curation.analysis.urls,
    curation.batches.urls,
    curation.votes.urls,
    curation.consensus.urls,
    curation.releases.urls,
    training.runs.urls,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
]
for stage in STAGES:
    urlpatterns += stage.pages
    urlpatterns += [path("api/v1/", include(stage.api))]
urlpatterns += [
    path("", overview.home, name="home"),
    path("projects/<slug:project>/subjects/<slug:subject>/", overview.subject_room, name="subject"),
    path(
        "projects/<slug:project>/subjects/<slug:subject>/derived/", derived.derived, name="derived"
    ),
]
