"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from curation.subjects import consent_pages, picture_pages, settings_pages
from curation.subjects import pages as views

_of_subject = [
    path("portraits/<int:portrait_id>.webp", picture_pages.portrait, name="portrait"),
    path("look-alikes/<int:look_alike_id>.webp", picture_pages.look_alike, name="look_alike"),
    path("settings/", settings_pages.subject_settings, name="subject_settings"),
    path("settings/portraits/", settings_pages.portraits, name="add_portraits"),
    path(
        "settings/portraits/<int:portrait_id>/remove/",
        settings_pages.portrait_removal,
        name="remove_portrait",
    ),
    path("settings/look-alikes/", settings_pages.look_alikes, name="add_look_alike"),
    path(
        "settings/look-alikes/<int:look_alike_id>/remove/",
        settings_pages.look_alike_removal,
        name="remove_look_alike",
    ),
    path("consents/", consent_pages.consents, name="consents"),
    path("consents/<int:consent_id>/withdraw/", consent_pages.withdrawal, name="withdraw_consent"),
    path("consents/<int:consent_id>/evidence/", consent_pages.evidence, name="evidence"),
]

pages: list[URLPattern | URLResolver] = [
    path("projects/<slug:project>/", views.project, name="project"),
    path("projects/<slug:project>/subjects/new/", views.new_subject, name="new_subject"),
    path("projects/<slug:project>/subjects/<slug:subject>/", include(_of_subject)),
]
api: list[URLPattern] = []
