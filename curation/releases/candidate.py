"""Reads: what freezing now would give, beside the newest release."""

from __future__ import annotations

from dataclasses import dataclass

from curation.consensus.selectors import StateCounts, kept_images, state_counts
from curation.releases.errors import ManifestDamaged
from curation.releases.facts import Change, came_and_went
from curation.releases.models import Release
from curation.releases.selectors import releases_of
from curation.releases.stored_facts import facts_of
from curation.subjects.models import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """The pictures that a release of all would hold now."""

    states: StateCounts
    newest: Release | None
    since_newest: Change | None
    """Which pictures came and went; votes and places are compared when it is frozen. None where
    there is no release, and where the manifest of the newest is damaged."""

    @property
    def num_images(self) -> int:
        return self.states.kept

    @property
    def is_the_same(self) -> bool:
        """Whether the newest release holds these pictures and no others."""
        change = self.since_newest
        return change is not None and not (change.num_added or change.num_removed)


def candidate_of(subject: Subject) -> Candidate:
    """What a freeze of all would hold now, and what came and went since the newest release.

    Five queries, and nothing is read of the store.
    """
    newest = releases_of(subject).first()
    return Candidate(
        states=state_counts(subject),
        newest=newest,
        since_newest=_since(subject, newest) if newest else None,
    )


def _since(subject: Subject, newest: Release) -> Change | None:
    try:
        before = facts_of(newest).numbers
    except ManifestDamaged:
        return None
    now = kept_images(subject).order_by().values_list("number", flat=True)
    return came_and_went(newest.number, before, now)
