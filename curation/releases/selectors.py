"""Reads of this stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from curation import store
from curation.consensus.decision_rule import RULE_VERSION
from curation.consensus.selectors import kept_images
from curation.images.models import Image
from curation.projects.models import Project
from curation.releases.export_names import export_name
from curation.releases.manifest import (
    Difference,
    Entry,
    Header,
    Manifest,
    compare,
    decode,
    digest_of,
    encode,
)
from curation.releases.models import Release
from curation.sources.models import Provenance
from curation.subjects.models import Subject


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
    """What the release holds, read from its frozen manifest."""
    return decode(store.get(release.manifest_sha256))


def manifest_now(subject: Subject) -> Manifest:
    """What a release would hold if the subject were frozen at this moment."""
    labels: dict[int, set[str]] = defaultdict(set)
    for image_id, label in Provenance.objects.filter(image__subject=subject).values_list(
        "image_id", "source__label"
    ):
        labels[image_id].add(label)
    images = kept_images(subject).filter(purged_at=None).order_by("number")
    return Manifest(
        header=Header(project=subject.project.slug, subject=subject.slug, rule=str(RULE_VERSION)),
        entries=tuple(_entry_of(image, labels[image.pk]) for image in images),
    )


def purged_numbers(release: Release, manifest: Manifest) -> set[int]:
    """Numbers of the release's images whose bytes were removed since."""
    purged = Image.objects.filter(subject_id=release.subject_id, purged_at__isnull=False)
    return {entry.number for entry in manifest.entries} & set(
        purged.values_list("number", flat=True)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """What freezing now would give, beside what there is already."""

    manifest: Manifest
    digest: str
    same_as: Release | None
    """A release that already holds exactly this; freezing would add nothing."""
    newest: Release | None
    since_newest: Difference


def candidate_of(subject: Subject) -> Candidate:
    """What a freeze of the subject would hold now, and what changed since the newest release."""
    manifest = manifest_now(subject)
    digest = digest_of(encode(manifest))
    releases = list(releases_of(subject))
    newest = releases[0] if releases else None
    return Candidate(
        manifest=manifest,
        digest=digest,
        same_as=next((each for each in releases if each.manifest_sha256 == digest), None),
        newest=newest,
        since_newest=compare(manifest_of(newest) if newest else None, manifest),
    )


def _entry_of(image: Image, labels: set[str]) -> Entry:
    return Entry(
        number=image.number,
        name=image.name,
        file=export_name(image.number, image.name),
        sha256=image.sha256,
        size_bytes=image.size_bytes,
        width=image.width,
        height=image.height,
        sources=tuple(sorted(labels)),
    )
