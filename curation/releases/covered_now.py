"""Reads: what a subject's kept pictures cover at this moment, as far as the viewer may know it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from curation.grid.by_source import num_by_source
from curation.grid.listing import Listing
from curation.grid.states import State
from curation.images.spreads import SPREADS
from curation.projects.models import User
from curation.releases.coverage import Coverage
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject


def coverage_now(subject: Subject, viewer: User) -> Coverage:
    """What the kept pictures cover. Three queries.

    What the viewer has yet to judge is not among them, as it is not in the grid.
    """
    kept = Listing(subject=subject, viewer=viewer, chosen={"state": State.KEPT})
    return Coverage(kept.num_by_ranges(SPREADS))


@dataclass(frozen=True, kw_only=True, slots=True)
class FromSource:
    """How many of the kept pictures were found in one source."""

    source_id: int
    label: str
    num: int


def sources_now(subject: Subject, viewer: User) -> list[FromSource]:
    """The sources of the kept pictures, the largest first; each counts where it was found first.

    Four queries.
    """
    nums = num_by_source(subject, viewer, State.KEPT)
    labels = subject.sources.in_bulk(list(nums))
    rows = [FromSource(source_id=pk, label=labels[pk].label, num=num) for pk, num in nums.items()]
    return sorted(rows, key=lambda row: (-row.num, row.label))


def comparable(subject: Subject) -> QuerySet[Subject]:
    """The project's other subjects whose pictures may be looked at today, by name."""
    others = Subject.objects.filter(covered(Act.CURATE), project=subject.project)
    return others.exclude(pk=subject.pk).order_by("name")
