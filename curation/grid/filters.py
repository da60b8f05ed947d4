"""Which of a subject's pictures are listed. One more filter is one more line here and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curation.grid.sql import PROVENANCES, VOTES, Part
from curation.grid.states import Narrowed, State, StateConditions
from curation.manual.reasons import Reason
from curation.vision.hints import SUSPECTED

Chosen = Mapping[str, str]
"""The value chosen of each filter by its key; a filter that is not named leaves all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """One thing to choose pictures by."""

    key: str
    choices: tuple[str, ...] | None = None
    """None where the value is the id of a row: of a source or a person."""
    condition: Callable[[str], Part] | None = None
    """On `m`, the row of measures."""
    of_states: Callable[[str, StateConditions], Narrowed] | None = None
    """In its place, what asks what became of the picture too."""
    is_hint: bool = False
    """Whether it is something that the machine saw: never found in what is hidden from a viewer."""
    of_pairs: bool = False
    """Whether its condition asks which pictures are nearly the same."""


_FACES = {
    "unseen": Part("m.num_faces IS NULL"),
    "none": Part("m.num_faces = 0"),
    "one": Part("m.num_faces = 1"),
    "several": Part("m.num_faces > 1"),
}
_SIZES = {
    "under_128": Part("m.face_size < 128"),
    "128_to_255": Part("m.face_size >= 128 AND m.face_size < 256"),
    "from_256": Part("m.face_size >= 256"),
}
_SUSPECTED = {
    "any": Part("m.suspected <> ''"),
    "none": Part("m.suspected = '' AND m.suspicion IS NOT NULL"),
    **{reason: Part("m.suspected = %s", (reason,)) for reason in SUSPECTED},
}
_PAIRS = {"some": Part("d.earliest IS NOT NULL"), "none": Part("d.earliest IS NULL")}


def _from_source(value: str) -> Part:
    found = f"SELECT f.image_id FROM {PROVENANCES} f WHERE f.source_id = %s"  # noqa: S608, our tables
    return Part(f"m.image_id IN ({found})", (int(value),))


def _in_state(value: str, states: StateConditions) -> Narrowed:
    return states.state(State(value))


def _rejected_for(value: str, states: StateConditions) -> Narrowed:
    return states.decided_as(State.REJECTED, Reason(value))


def _judged_by(value: str, states: StateConditions) -> Narrowed:
    """Decided, and that person's vote is among the votes."""
    decided = states.decided()
    theirs = f"SELECT v.image_id FROM {VOTES} v WHERE v.volunteer_id = %s"  # noqa: S608, our tables
    by_person = Part(f"m.image_id IN ({theirs})", (int(value),))
    return Narrowed(conditions=(*decided.conditions, by_person))


FILTERS = {
    each.key: each
    for each in (
        Filter(key="state", choices=tuple(State), of_states=_in_state),
        Filter(key="source", condition=_from_source),
        Filter(key="faces", choices=tuple(_FACES), condition=_FACES.__getitem__, is_hint=True),
        Filter(key="face_size", choices=tuple(_SIZES), condition=_SIZES.__getitem__, is_hint=True),
        Filter(
            key="duplicates",
            choices=tuple(_PAIRS),
            condition=_PAIRS.__getitem__,
            is_hint=True,
            of_pairs=True,
        ),
        Filter(
            key="suspected",
            choices=tuple(_SUSPECTED),
            condition=_SUSPECTED.__getitem__,
            is_hint=True,
        ),
        Filter(key="reason", choices=tuple(Reason), of_states=_rejected_for),
        Filter(key="person", of_states=_judged_by),
    )
}
"""By key, in the order in which a person is offered them."""
