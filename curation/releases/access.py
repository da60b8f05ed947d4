"""Fetch a release and check the person's right to it in one step."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from django.db import close_old_connections

from curation.errors import NotFound
from curation.projects.models import User
from curation.releases.errors import bytes_gone
from curation.releases.manifest import Manifest
from curation.releases.models import Release
from curation.releases.selectors import purged_numbers
from curation.subjects.access import PicturesHidden, access_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act

SECONDS_BETWEEN_QUESTIONS = 3.0
"""How often it is asked whether an export may go on."""


def access_release(
    user: User, project_slug: str, subject_slug: str, number: int, permission: str
) -> Release:
    """Release `number` of the subject, if `user` may. Raises NotFound, NotAllowed."""
    subject = access_subject(user, project_slug, subject_slug, permission)
    release = (
        Release.objects.select_related("subject__project", "frozen_by")
        .filter(subject=subject, number=number)
        .first()
    )
    if release is None:
        raise NotFound
    return release


def access_release_bytes(
    user: User, project_slug: str, subject_slug: str, number: int, permission: str
) -> Release:
    """The same, for views that hand out the pictures themselves.

    Raises NotFound, NotAllowed, PicturesHidden.
    """
    release = access_release(user, project_slug, subject_slug, number, permission)
    if not is_covered(release.subject, Act.CURATE):
        raise PicturesHidden
    return release


def while_allowed(
    pieces: Iterator[bytes], release: Release, person: User, permission: str
) -> Iterator[bytes]:
    """The pieces of an export, as long as `person` may have them; asked now and then.

    A slow reader takes an hour for a release, and meanwhile consent, membership or account may
    end. Raises NotFound, NotAllowed, PicturesHidden in the middle, which breaks the export off.
    """
    subject = release.subject
    asked_at = monotonic()
    for piece in pieces:
        if monotonic() - asked_at >= SECONDS_BETWEEN_QUESTIONS:
            try:
                now = User.objects.get(pk=person.pk)
                access_release_bytes(
                    now, subject.project.slug, subject.slug, release.number, permission
                )
            finally:
                close_old_connections()  # the pieces are made outside of any request
            asked_at = monotonic()
        yield piece


def require_bytes_exist(release: Release, manifest: Manifest) -> None:
    """Refuse an export that would break off in the middle. Raises BytesGone."""
    gone = purged_numbers(release, (entry.number for entry in manifest.entries))
    if gone:
        raise bytes_gone(min(gone))
