"""Where a volunteer stands in a batch once its pictures are gone through, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from curation.batches.models import Batch
from curation.errors import NotFound
from curation.projects.models import User
from curation.votes.own_gold import needs_rest
from curation.votes.progress import HeldBatch, batches_held_by
from curation.votes.take_work import next_held
from curation.votes.work import open_subjects


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One volunteer's batch, and the next of those that they hold."""

    here: HeldBatch
    following: HeldBatch | None
    """Another batch with pictures for them; None when there is none."""
    is_any_open: bool
    """Whether a subject of a project of theirs is open to everybody."""
    needs_rest: bool
    """Whether their eye has drifted of late."""


def standing_of(volunteer: User, batch: Batch) -> Standing:
    """How far the volunteer is in a batch that they hold. Four queries, however many they hold.

    Raises NotFound when they do not hold it, or no longer.
    """
    held = {each.batch.pk: each for each in batches_held_by(volunteer)}
    here = held.pop(batch.pk, None)
    if here is None:
        raise NotFound
    return Standing(
        here=here,
        following=next_held(held.values(), batch.subject_id),
        is_any_open=open_subjects(volunteer).exists(),
        needs_rest=needs_rest(volunteer, batch.subject.project),
    )
