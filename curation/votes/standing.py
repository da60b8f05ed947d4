"""Where a volunteer stands in a batch once its pictures are gone through, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from curation.batches.models import Batch
from curation.errors import NotFound
from curation.projects.models import User
from curation.votes.progress import HeldBatch, batches_held_by


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One volunteer's batch, and the next of those that they hold."""

    here: HeldBatch
    following: HeldBatch | None
    """Another batch with pictures for them, the first to end first; None when there is none."""


def standing_of(volunteer: User, batch: Batch) -> Standing:
    """How far the volunteer is in a batch that they hold. Two queries, however many they hold.

    Raises NotFound when they do not hold it, or no longer.
    """
    held = {each.batch.pk: each for each in batches_held_by(volunteer)}
    here = held.pop(batch.pk, None)
    if here is None:
        raise NotFound
    return Standing(here=here, following=next((e for e in held.values() if e.num_left), None))
