"""The bytes of portraits and of look-alikes' pictures, for members."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from curation import store
from curation.errors import NotFound
from curation.http import private_bytes
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.subjects.access import access_pictures
from frontend.person import page


@page("GET")
def portrait(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, portrait_id: int
) -> HttpResponseBase:
    """A portrait of the subject."""
    subject = access_pictures(person, project_slug, subject_slug, VIEW)
    row = subject.portraits.filter(pk=portrait_id).first()
    if row is None:
        raise NotFound
    return _served_copy(request, row.sha256)


@page("GET")
def look_alike(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, look_alike_id: int
) -> HttpResponseBase:
    """The picture of a look-alike, where there is one."""
    subject = access_pictures(person, project_slug, subject_slug, VIEW)
    row = subject.look_alikes.exclude(sha256="").filter(pk=look_alike_id).first()
    if row is None:
        raise NotFound
    return _served_copy(request, row.sha256)


def _served_copy(request: HttpRequest, digest: str) -> HttpResponseBase:
    return private_bytes(
        request, version=digest, read=lambda: store.get(digest), content_type="image/webp"
    )
