"""The bytes of portraits and of look-alikes' pictures, for members."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from curation import store
from curation.errors import NotFound
from curation.http import private_bytes
from curation.projects.permissions import VIEW
from curation.projects.signed_in import signed_in
from curation.subjects.access import access_pictures


@login_required
@require_safe
def portrait(
    request: HttpRequest, project: str, subject: str, portrait_id: int
) -> HttpResponseBase:
    """A portrait of the subject."""
    found = access_pictures(signed_in(request), project, subject, VIEW)
    row = found.portraits.filter(pk=portrait_id).first()
    if row is None:
        raise NotFound
    return _served_copy(request, row.sha256)


@login_required
@require_safe
def look_alike(
    request: HttpRequest, project: str, subject: str, look_alike_id: int
) -> HttpResponseBase:
    """The picture of a look-alike, where there is one."""
    found = access_pictures(signed_in(request), project, subject, VIEW)
    row = found.look_alikes.exclude(sha256="").filter(pk=look_alike_id).first()
    if row is None:
        raise NotFound
    return _served_copy(request, row.sha256)


def _served_copy(request: HttpRequest, digest: str) -> HttpResponseBase:
    return private_bytes(
        request, version=digest, read=lambda: store.get(digest), content_type="image/webp"
    )
