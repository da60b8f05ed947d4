"""The bytes of a batch's pictures, for whoever may look at them now."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from curation.batches.access import access_item
from curation.images.derived import Derived
from curation.images.serve import serve_derived
from curation.projects.signed_in import signed_in


@login_required
@require_safe
def thumb(
    request: HttpRequest, project: str, subject: str, number: int, position: int
) -> HttpResponseBase:
    """A small copy of the item's picture."""
    item = access_item(signed_in(request), project, subject, number, position)
    return serve_derived(item.image, Derived.THUMB, request)


@login_required
@require_safe
def preview(
    request: HttpRequest, project: str, subject: str, number: int, position: int
) -> HttpResponseBase:
    """A copy of the item's picture that fills a screen."""
    item = access_item(signed_in(request), project, subject, number, position)
    return serve_derived(item.image, Derived.PREVIEW, request)
