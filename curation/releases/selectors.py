"""Reads of this stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from curation import store
from curation.consensus.selectors import kept_images, state_counts
from curation.images.models import Image
from curation.projects.models import ActionLog, Project
from curation.releases.draft import entries_of
from curation.releases.errors import ManifestDamaged, manifest_damaged
from curation.releases.facts import Change, change_of
from curation.releases.manifest import (
    Header,
    Manifest,
    compare,
    decode,
    digest_of,
    encode,
)
from curation.releases.models import Freezing, Release
from curation.subjects.models import Subject
from curation.votes.rule_in_force import rule_in_force

DOWNLOAD_ORIGINALS = "release.download_originals"
NUM_TAKERS = 5
LARGEST_COMPARED = 5000
"""A page may take the time to compare so many images; 500 to 5,000 are wanted of a subject."""


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


def manifest_now(subject: Subject) -> Manifest:
    """What a release would hold if the subject were frozen at this moment."""
    entries = entries_of(subject, kept_images(subject).order_by().values("pk"))
    return Manifest(
        header=Header(
            project=subject.project.slug, subject=subject.slug, rule=rule_in_force(subject)
        ),
        entries=tuple(sorted(entries.values(), key=lambda entry: entry.number)),
    )


def latest_freezing(subject: Subject) -> Freezing | None:
    """The last freezing that was asked for, with its release: under way or over."""
    freezings = Freezing.objects.filter(subject=subject).select_related("release", "asked_by")
    return freezings.order_by("-pk").first()


def takers_of_originals(release: Release) -> list[ActionLog]:
    """The last few downloads of the release's originals: who and when, the newest first."""
    taken = ActionLog.objects.filter(
        project=release.subject.project, action=DOWNLOAD_ORIGINALS, target=str(release)[:200]
    )
    return list(taken.select_related("actor").order_by("-pk")[:NUM_TAKERS])


def purged_numbers(release: Release, numbers: Iterable[int]) -> set[int]:
    """Which of the release's image `numbers` had their bytes removed since."""
    purged = Image.objects.filter(subject_id=release.subject_id, purged_at__isnull=False)
    return set(purged.order_by().values_list("number", flat=True)).intersection(numbers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What freezing now would give, beside what there is already."""

    num_images: int
    newest: Release | None
    compared: Compared | None
    """None where the set is so large that it is compared only when it is frozen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """The set that freezing now would give, held against those that were frozen."""

    manifest: Manifest
    digest: str
    same_as: Release | None
    """A release that already holds exactly this; freezing would add nothing."""
    since_newest: Change | None
    """None where there is none, where a release holds exactly this, and where the manifest of the
    newest is damaged."""


def candidate_of(subject: Subject) -> Candidate:
    """What a freeze of the subject would hold now, and what changed since the newest release."""
    num_images = state_counts(subject).kept
    newest = releases_of(subject).first()
    is_small = max(num_images, newest.num_images if newest else 0) <= LARGEST_COMPARED
    return Candidate(
        num_images=num_images,
        newest=newest,
        compared=_compared(subject, newest) if is_small else None,
    )


def _compared(subject: Subject, newest: Release | None) -> Compared:
    manifest = manifest_now(subject)
    digest = digest_of(encode(manifest))
    same_as = releases_of(subject).filter(manifest_sha256=digest).first()
    return Compared(
        manifest=manifest,
        digest=digest,
        same_as=same_as,
        since_newest=None if same_as else _since(newest, manifest),
    )


def _since(newest: Release | None, manifest: Manifest) -> Change | None:
    if newest is None:
        return None
    try:
        return change_of(newest.number, compare(manifest_of(newest), manifest))
    except ManifestDamaged:
        return None
