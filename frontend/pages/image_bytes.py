"""Bytes of pictures for organisers. Volunteers get theirs at the desk, by their lease."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from curation.images.access import access_image
from curation.images.derived import Derived
from curation.images.serve import serve_derived
from curation.projects.signed_in import signed_in


@login_required
@require_safe
def image_thumb(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponseBase:
    """The small copy, for grids."""
    image = access_image(signed_in(request), project, subject, number)
    return serve_derived(image, Derived.THUMB, request)


@login_required
@require_safe
def image_preview(
    request: HttpRequest, project: str, subject: str, number: int
) -> HttpResponseBase:
    """The large copy, for one picture on a screen."""
    image = access_image(signed_in(request), project, subject, number)
    return serve_derived(image, Derived.PREVIEW, request)
