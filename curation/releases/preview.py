"""Reads: what the settings of a release would take and leave out, before it is asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.consensus.selectors import state_counts
from curation.grid.states import hidden_from
from curation.images.models import Image
from curation.images.selectors import images_of
from curation.projects.models import User
from curation.releases.choose import Left, choose
from curation.releases.considered import considered
from curation.releases.coverage import WANTED
from curation.releases.selection import Selection
from curation.subjects.models import Subject

LARGEST_PREVIEWED = 3000
"""Of a larger set every so many pictures are looked at: it takes some tenths of a second."""
SAMPLES_IN, SAMPLES_LEFT = 12, 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What goes in and what stays out, as far as the viewer may know it."""

    num_kept: int
    num_taken: int
    num_held_out: int
    num_left: Mapping[Left, int]
    is_estimate: bool
    """Whether the numbers stand for a part of the pictures, by which they were multiplied."""
    num_contested: int
    num_waiting: int
    taken: Sequence[Image]
    """A few of them."""
    left: Mapping[Left, Sequence[Image]]

    @property
    def is_thin(self) -> bool:
        return self.num_taken < WANTED


def preview_of(subject: Subject, selection: Selection, *, viewer: User) -> Preview:
    """What freezing with these settings would give now. A fixed number of queries."""
    states = state_counts(subject)
    every = max(1, -(-states.kept // LARGEST_PREVIEWED))
    pictures = considered(subject, every=every, hidden=hidden_from(viewer, subject))
    budget = selection.budget and max(1, selection.budget // every)
    chosen = choose(pictures, selection.model_copy(update={"budget": budget}))
    by_reason: dict[Left, list[int]] = defaultdict(list)
    for pk, why in chosen.left.items():
        by_reason[why].append(pk)
    samples = {why: spread(sorted(ids), SAMPLES_LEFT) for why, ids in by_reason.items()}
    taken = spread(sorted(chosen.taken), SAMPLES_IN)
    shown = [*taken, *(pk for ids in samples.values() for pk in ids)]
    images = images_of(subject).in_bulk(shown)
    return Preview(
        num_kept=states.kept,
        num_taken=min(len(chosen.taken) * every, selection.budget or states.kept, states.kept),
        num_held_out=len(chosen.held_out) * every,
        num_left={why: num * every for why, num in sorted(Counter(chosen.left.values()).items())},
        is_estimate=every > 1,
        num_contested=states.contested,
        num_waiting=states.pending,
        taken=[images[pk] for pk in taken if pk in images],
        left={why: [images[pk] for pk in ids if pk in images] for why, ids in samples.items()},
    )


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most `most` of the numbers, evenly spread from the first to the last."""
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[index * (len(numbers) - 1) // (most - 1)] for index in range(most)]
