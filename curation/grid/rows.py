"""What is told of each picture of a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.consensus.blind import blindfolds_of
from curation.consensus.decision_rule import decide
from curation.duplicates.selectors import alike
from curation.grid.sorts import FACTS
from curation.grid.states import State, state_of
from curation.images.models import Image
from curation.manual.reasons import Reason, split_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.votes.tallies import TALLY, unpacked, with_tallies


@dataclass(frozen=True, slots=True)
class Answer:
    """What is right to say of a picture that is gold."""

    verdict: Verdict
    reasons: list[Reason]


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
    gold: Answer | None
    """The known answer; None where it is no gold, or it is hidden."""


_COLUMNS = ("pk", "number", "name", "sha256", "width", "height")
_BATCH, _RULING = "batch_item__batch__number", "ruling__verdict"
_SUSPECTED = ("measures__suspected", "measures__suspicion")
_ALONE = ("measures__suspected_alone", "measures__suspicion_alone")
_GOLD, _GOLD_REASONS = "gold__verdict", "gold__reason_codes"


def rows_of(viewer: User, ids: Sequence[int]) -> list[Row]:
    """The images with these ids, in that order; those that went meanwhile are left out.

    Three queries, however many they are. The blindfold is asked of each image: the listing's own
    condition decides where a picture stands, and this what is said of it.
    """
    asked = Image.objects.filter(pk__in=ids)
    near = alike(ids)
    others = Image.objects.filter(pk__in={*ids, *(other for _one, other in near)})
    blindfolds = blindfolds_of(viewer, others)
    alone = {one for one, other in near if other in blindfolds and blindfolds[other].hides_hints}
    facts = [f"measures__{key}" for key in FACTS]
    besides = (TALLY, _BATCH, _RULING, *_SUSPECTED, *_ALONE, _GOLD, _GOLD_REASONS)
    values = with_tallies(asked).order_by().values(*_COLUMNS, *besides, *facts)
    by_id = {each["pk"]: each for each in values}
    told = {pk: _as_if_alone(each) if pk in alone else each for pk, each in by_id.items()}
    return [_row(told[pk], *_hides(blindfolds, pk)) for pk in ids if pk in told]


def _as_if_alone(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is told to who has yet to judge a picture that is nearly the same."""
    return {**values, **{key: values[alone] for key, alone in zip(_SUSPECTED, _ALONE, strict=True)}}


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
        suspected=None if hides_hints else values[_SUSPECTED[0]] or None,
        gold=None if hides_hints else _answer(values),
    )


def _answer(values: Mapping[str, Any]) -> Answer | None:
    if values[_GOLD] is None:
        return None
    return Answer(Verdict(values[_GOLD]), split_reasons(values[_GOLD_REASONS]))
