"""Reads of this stage."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from curation import store
from curation.images.models import Image
from curation.projects.models import ActionLog, Project
from curation.releases.errors import manifest_damaged
from curation.releases.manifest import (
    Manifest,
    decode,
    digest_of,
)
from curation.releases.models import Freezing, Release
from curation.subjects.models import Subject

DOWNLOAD, DOWNLOAD_ORIGINALS = DOWNLOADS = "release.download", "release.download_originals"
NUM_TAKERS = 20


def releases_of(subject: Subject) -> QuerySet[Release]:
    """The subject's releases with who froze them, the newest first."""
    return Release.objects.filter(subject=subject).select_related("frozen_by").order_by("-number")


def releases_in(project: Project) -> QuerySet[Release]:
    """All releases of a project with their subjects: what a run can be made from."""
    return (
        Release.objects.filter(subject__project=project)
        .select_related("subject")
        .order_by("subject__name", "-number")
    )


def manifest_of(release: Release) -> Manifest:
    """What the release holds, read from its frozen manifest. Raises ManifestDamaged."""
    return decode(manifest_bytes(release))


def manifest_bytes(release: Release) -> bytes:
    """The manifest exactly as it was frozen, proven to be that. Raises ManifestDamaged."""
    try:
        data = store.get(release.manifest_sha256)
    except FileNotFoundError as error:
        raise manifest_damaged(release.number) from error
    if digest_of(data) != release.manifest_sha256:
        raise manifest_damaged(release.number)
    return data


def is_damage_seen(release: Release, manifest_bytes: int) -> bool:
    """Whether the stored manifest is missing or of another length, which is seen without reading.

    Whoever reads it, for a download or a run, looks at its digest as well; so does `verify`.
    """
    return store.size_of(release.manifest_sha256) != manifest_bytes


def latest_freezing(subject: Subject) -> Freezing | None:
    """The last freezing that was asked for, with its release: under way or over."""
    freezings = Freezing.objects.filter(subject=subject).select_related("release", "asked_by")
    return freezings.order_by("-pk").first()


def downloads_of(release: Release) -> list[ActionLog]:
    """The last few downloads of the release's pictures: who, when and of what, newest first.

    The log has all of them.
    """
    taken = ActionLog.objects.filter(
        project=release.subject.project, action__in=DOWNLOADS, target=str(release)[:200]
    )
    return list(taken.select_related("actor").order_by("-pk")[:NUM_TAKERS])


def purged_numbers(release: Release, numbers: Iterable[int]) -> set[int]:
    """Which of the release's image `numbers` had their bytes removed since."""
    purged = Image.objects.filter(subject_id=release.subject_id, purged_at__isnull=False)
    return set(purged.order_by().values_list("number", flat=True)).intersection(numbers)
