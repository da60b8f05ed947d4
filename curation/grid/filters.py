"""Which of a subject's pictures are listed. One more filter is one more line here and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curation.grid.sql import GOLD, MANUALS, PROVENANCES, REASONS, VOTES, Part, all_of, none_of
from curation.grid.states import Narrowed, State, StateConditions
from curation.images.spreads import (
    BRIGHTNESS,
    EYES,
    FACE_SIZE,
    MOUTH,
    PITCH,
    SHARPNESS,
    YAW,
    Spread,
)
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.vision.hints import SUSPECTED

Chosen = Mapping[str, str]
"""The value chosen of each filter by its key; a filter that is not named leaves all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """One thing to choose pictures by."""

    key: str
    choices: tuple[str, ...] | None = None
    """None where the value is the id of a row: of a source, a person, or a version's reason."""
    condition: Callable[[str], Part] | None = None
    """On `m`, the row of measures."""
    of_states: Callable[[str, StateConditions], Narrowed] | None = None
    """In its place, what asks what became of the picture too."""
    is_blind: bool = False
    """Whether it finds nothing in what is hidden from a viewer: it asks what the machine saw, or
    what the right answer is."""
    of_pairs: bool = False
    """Whether its condition asks which pictures are nearly the same."""


_FACES = {
    "unseen": Part("m.num_faces IS NULL"),
    "none": Part("m.num_faces = 0"),
    "one": Part("m.num_faces = 1"),
    "several": Part("m.num_faces > 1"),
}
_SUSPECTED = {
    "any": Part("m.suspected <> ''"),
    "none": Part("m.suspected = '' AND m.suspicion IS NOT NULL"),
    **{reason: Part("m.suspected = %s", (reason,)) for reason in SUSPECTED},
}
_IS_GOLD = Part(f"m.image_id IN (SELECT g.image_id FROM {GOLD} g)")  # noqa: S608, our tables
_GOLD = {"yes": _IS_GOLD, "no": none_of(_IS_GOLD)}
_PAIRS = {"some": Part("d.earliest IS NOT NULL"), "none": Part("d.earliest IS NULL")}


def _in_range_of(spread: Spread) -> Filter:
    """The filter by one measure's ranges."""

    def condition(name: str) -> Part:
        begins, ends = spread.limits_of(name)
        column = f"m.{spread.key}"
        parts = [] if begins is None else [Part(f"{column} >= %s", (begins,))]
        parts += [] if ends is None else [Part(f"{column} < %s", (ends,))]
        return all_of(parts)

    return Filter(key=spread.key, choices=spread.names, condition=condition, is_blind=True)


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


def _by_old_text(value: str, states: StateConditions) -> Narrowed:
    """A vote names the reason that this row explains, by an older version than the row's.

    `curation.votes.old_text` counts the same.
    """
    older = (
        f"EXISTS (SELECT 1 FROM {VOTES} v, {REASONS} e JOIN {MANUALS} w ON w.id = e.version_id"  # noqa: S608, our tables
        " WHERE v.image_id = t.image_id AND e.id = %s AND v.verdict = %s"
        " AND v.manual_version < w.number AND v.reason_codes LIKE '%%' || e.code || '%%')"
    )
    return states.judged_out(Part(older, (int(value), Verdict.REJECT.value)))


FILTERS = {
    each.key: each
    for each in (
        Filter(key="state", choices=tuple(State), of_states=_in_state),
        Filter(key="source", condition=_from_source),
        Filter(key="faces", choices=tuple(_FACES), condition=_FACES.__getitem__, is_blind=True),
        _in_range_of(FACE_SIZE),
        _in_range_of(YAW),
        _in_range_of(PITCH),
        _in_range_of(BRIGHTNESS),
        _in_range_of(SHARPNESS),
        _in_range_of(MOUTH),
        _in_range_of(EYES),
        Filter(
            key="duplicates",
            choices=tuple(_PAIRS),
            condition=_PAIRS.__getitem__,
            is_blind=True,
            of_pairs=True,
        ),
        Filter(
            key="suspected",
            choices=tuple(_SUSPECTED),
            condition=_SUSPECTED.__getitem__,
            is_blind=True,
        ),
        Filter(key="reason", choices=tuple(Reason), of_states=_rejected_for),
        Filter(key="person", of_states=_judged_by),
        Filter(key="old_text", of_states=_by_old_text),
        Filter(key="gold", choices=tuple(_GOLD), condition=_GOLD.__getitem__, is_blind=True),
    )
}
"""By key, in the order in which a person is offered them."""
