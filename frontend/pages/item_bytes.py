"""The bytes of a batch's pictures, for whoever may look at them now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from curation.batches.access import access_item
from curation.images.derived import Derived
from curation.images.serve import serve_derived
from curation.projects.models import User
from frontend.person import page


@page("GET")
def thumb(
    request: HttpRequest,
    person: User,
    *,
    project_slug: str,
    subject_slug: str,
    number: int,
    position: int,
) -> HttpResponseBase:
    """A small copy of the item's picture."""
    item = access_item(person, project_slug, subject_slug, number, position)
    return serve_derived(item.image, Derived.THUMB, request)


@page("GET")
def preview(
    request: HttpRequest,
    person: User,
    *,
    project_slug: str,
    subject_slug: str,
    number: int,
    position: int,
) -> HttpResponseBase:
    """A copy of the item's picture that fills a screen."""
    item = access_item(person, project_slug, subject_slug, number, position)
    return serve_derived(item.image, Derived.PREVIEW, request)
