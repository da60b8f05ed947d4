"""What is told of each picture of a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.consensus.blind import blindfolds_of
from curation.consensus.decision_rule import decide
from curation.grid.sorts import FACTS
from curation.grid.states import State, state_of
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.models import Verdict
from curation.votes.tallies import TALLY, unpacked, with_tallies


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A picture in the grid, as one viewer may see it."""

    number: int
    name: str
    sha256: str
    width: int
    height: int
    state: State
    batch: int | None
    """The number of the batch that it is in."""
    facts: Mapping[str, float | None]
    """By the key of its sort; all None for whom they are hidden from."""
    suspected: str | None
    """The reason that the machine would name first; None where it names none, or it is hidden."""


_COLUMNS = ("pk", "number", "name", "sha256", "width", "height")
_BATCH, _RULING, _SUSPECTED = (
    "batch_item__batch__number",
    "ruling__verdict",
    "measures__suspected",
)


def rows_of(viewer: User, ids: Sequence[int]) -> list[Row]:
    """The images with these ids, in that order; those that went meanwhile are left out.

    Two queries, however many they are. The blindfold is asked of each image: the listing's own
    condition decides where a picture stands, and this what is said of it.
    """
    asked = Image.objects.filter(pk__in=ids)
    blindfolds = blindfolds_of(viewer, asked)
    facts = [f"measures__{key}" for key in FACTS]
    besides = (TALLY, _BATCH, _RULING, _SUSPECTED)
    values = with_tallies(asked).order_by().values(*_COLUMNS, *besides, *facts)
    by_id = {each["pk"]: each for each in values}
    return [_row(by_id[pk], *_hides(blindfolds, pk)) for pk in ids if pk in by_id]


def _hides(blindfolds: Mapping[int, Any], pk: int) -> tuple[bool, bool]:
    return blindfolds[pk].hides_votes, blindfolds[pk].hides_hints


def _row(values: Mapping[str, Any], hides_votes: bool, hides_hints: bool) -> Row:  # noqa: FBT001, of one pair
    ruling = Verdict(values[_RULING]) if values[_RULING] else None
    outcome = decide(unpacked(values[TALLY]), ruling)
    state = state_of(outcome, is_in_batch=values[_BATCH] is not None)
    return Row(
        number=values["number"],
        name=values["name"],
        sha256=values["sha256"],
        width=values["width"],
        height=values["height"],
        state=State.WANTED if hides_votes else state,
        batch=values[_BATCH],
        facts={key: None if hides_hints else values[f"measures__{key}"] for key in FACTS},
        suspected=None if hides_hints else values[_SUSPECTED] or None,
    )
