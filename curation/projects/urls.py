"""Addresses of this stage: pages under /, commands and reads under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from curation.projects import invitation_page, language_page
from curation.projects import pages as views

pages: list[URLPattern | URLResolver] = [
    path("accounts/", include("curation.projects.account_urls")),
    path("language/", language_page.language, name="language"),
    path("invitations/<str:token>/", invitation_page.invitation, name="invitation"),
    path("projects/new/", views.new_project, name="new_project"),
    path("projects/<slug:project>/members/", views.members, name="members"),
    path("projects/<slug:project>/members/invite/", views.invite_member, name="invite_member"),
    path(
        "projects/<slug:project>/members/<int:membership_id>/role/",
        views.member_role,
        name="member_role",
    ),
    path(
        "projects/<slug:project>/members/<int:membership_id>/remove/",
        views.member_removal,
        name="member_removal",
    ),
    path(
        "projects/<slug:project>/invitations/<int:invitation_id>/take-back/",
        views.take_back,
        name="take_back_invitation",
    ),
]
api: list[URLPattern] = []
