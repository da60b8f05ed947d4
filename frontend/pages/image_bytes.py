"""Bytes of pictures for organisers. Volunteers get theirs at the desk, by their lease."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from curation.images.access import access_image
from curation.images.derived import Derived
from curation.images.serve import serve_derived
from curation.projects.models import User
from frontend.person import page


@page("GET")
def image_thumb(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponseBase:
    """The small copy, for grids."""
    image = access_image(person, project_slug, subject_slug, number)
    return serve_derived(image, Derived.THUMB, request)


@page("GET")
def image_preview(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponseBase:
    """The large copy, for one picture on a screen."""
    image = access_image(person, project_slug, subject_slug, number)
    return serve_derived(image, Derived.PREVIEW, request)
