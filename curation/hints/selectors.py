"""Reads of this stage: what is suspected of an image and why, and the job that found it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from numpy.typing import NDArray

from curation.hints.models import FaceOfPortrait, Fitting, Hint
from curation.images.models import Image
from curation.subjects.models import LookAlike, Portrait, Subject
from curation.vision.hint_columns import COLUMNS, without_copy
from curation.vision.hints import CLASSES, HINTS_VERSION, KEEP, SUSPECTED, Softmax

_Shown = TypeVar("_Shown", Portrait, LookAlike)

MOST_TRAITS = 3
_SPEAKS, _BESIDE_THE_MOST = 0.3, 0.25
"""Log-odds below which a column says next to nothing, and the same as a share of what says most."""
ONLY_MUCH = frozenset(
    {
        *("no_face", "unlike_and_turned", "others", "others_size", "others_sure"),
        *("looks_blurry", "looks_covered", "looks_drawn", "looks_rephoto"),
        *("better_copy", "says_generated"),
    }
)
"""That a picture does not look drawn, say, is no reason to throw it out for another."""
_WITHOUT_FACE = frozenset(
    {"no_face", "looks_blurry", "looks_drawn", "looks_rephoto", "better_copy", "says_generated"}
)
"""What is not read off a face; the others hold a usual value then, which says nothing."""


@dataclass(frozen=True, slots=True)
class Trait:
    """What is unusual of an image: one of COLUMNS is high, or low."""

    column: str
    is_much: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """What the machine suspects of one image."""

    reason: str
    """What it would name first; blank where keeping is likelier than each."""
    keep: float
    """What speaks for keeping it, 0 to 1."""
    scores: Mapping[str, float]
    """By reason, the likeliest first."""
    traits: tuple[Trait, ...]
    """What it goes by; none where keeping is likelier."""


def why(softmax: Softmax, row: NDArray[np.floating], reason: str) -> tuple[Trait, ...]:
    """What of a row speaks for the reason and against keeping, the most first. Pure.

    `row` is (len(COLUMNS),). A column speaks by its weight times how far it is from its mean. At
    most `MOST_TRAITS`.
    """
    scaled = (row - softmax.mean) / softmax.spread
    against_keep = (
        softmax.weights[:, CLASSES.index(reason)] - softmax.weights[:, CLASSES.index(KEEP)]
    )
    speaks = dict(zip(COLUMNS, (scaled * against_keep).tolist(), strict=True))
    traits = {name: Trait(name, bool(far > 0)) for name, far in zip(COLUMNS, scaled, strict=True)}
    columns = COLUMNS if not row[list(COLUMNS).index("no_face")] else _WITHOUT_FACE
    said = sorted(
        (name for name in columns if traits[name].is_much or name not in ONLY_MUCH),
        key=lambda name: -speaks[name],
    )[:MOST_TRAITS]
    enough = max(_SPEAKS, _BESIDE_THE_MOST * speaks[said[0]]) if said else _SPEAKS
    return tuple(traits[name] for name in said if speaks[name] >= enough)


def suspicion_of(image: Image, *, alone: bool = False) -> Suspicion | None:
    """What is suspected of an image; None until there are hints. At most two queries.

    Whoever shows it asks the blind rule first. `alone` is for who must not learn yet of another
    image that is nearly the same: what would be suspected without it, and None while that is not
    known, as the scores are being made anew.
    """
    hint = Hint.objects.filter(image=image).first()
    if hint is None:
        return None
    softmax, row = _softmax_of(hint), np.frombuffer(hint.row, "<f4").astype(np.float64)
    scores = {name: getattr(hint, name) for name in SUSPECTED}
    if alone:
        if softmax is None:
            return None
        row = without_copy(row[None])[0]
        scores = dict(zip(CLASSES, softmax(row[None])[0].tolist(), strict=True))
        del scores[KEEP]
    keep = max(0.0, 1 - sum(scores.values()))
    first = max(scores, key=lambda name: scores[name])
    reason = first if scores[first] > keep else ""
    return Suspicion(
        reason=reason,
        keep=keep,
        scores=dict(sorted(scores.items(), key=lambda each: -each[1])),
        traits=why(softmax, row, reason) if reason and softmax else (),
    )


def _softmax_of(hint: Hint) -> Softmax | None:
    """None while the scores are made anew: they and the weights may be of two fittings."""
    fitting = fitting_of(hint.subject_id)
    if not fitting or (fitting.version, fitting.hints_version) != (hint.version, HINTS_VERSION):
        return None
    return Softmax.from_dict(fitting.softmax)


def fitting_of(subject: Subject | int) -> Fitting | None:
    """The job that makes a subject's hints, if it was ever asked for."""
    return Fitting.objects.filter(subject=subject).first()


def with_faces(pictures: QuerySet[_Shown]) -> QuerySet[_Shown]:
    """Each with `face`: where it is, as a FaceBox in JSON; None where none is known yet."""
    here = FaceOfPortrait.objects.filter(subject=OuterRef("subject"), sha256=OuterRef("sha256"))
    box = JSONObject(**{edge: F(edge) for edge in ("left", "top", "right", "bottom")})
    return pictures.annotate(face=Subquery(here.exclude(descriptor=b"").values_list(box)[:1]))
