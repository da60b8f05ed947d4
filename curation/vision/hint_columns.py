"""What hints look at: each column is one number, and words for what it says of a picture. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.vision.gallery import NOBODY
from curation.vision.signs import Signs

_OWN, _ANOTHERS = 0.26, 0.48
"""Usual distances of a face to the subject's gallery and to another's, where there is none."""
_WANTED_SIDE = 256.0
"""Pixels of a face that is worth training on."""
_TURN = 90.0
_ODDS = 12.0
"""Beyond, a sign says nothing more."""


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """One face of a picture, as far as hints go."""

    side: float
    """Shorter side of its box in pixels."""
    share: float
    """The same, of the picture's longer side."""
    yaw: float
    """Degrees."""
    score: float
    """How sure it is to be a face, 0 to 1."""
    occlusion: float
    sharpness: float
    unlike: float
    """Distance to the gallery of the subject; `NOBODY` where there is none."""
    unlike_another: float
    """The same to the nearest gallery of another person."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the hints on one picture stand on."""

    faces: Sequence[FaceSeen]
    """The largest first."""
    signs: Signs
    has_better_copy: bool
    """Whether the picture is nearly the same as a better one of the subject."""
    says_generated: bool
    """Whether the file says of itself that it was generated."""

    @property
    def subject(self) -> FaceSeen | None:
        """The face that is most like the subject; None where nobody is."""
        return min(self.faces, key=lambda face: face.unlike, default=None)

    @property
    def others(self) -> list[FaceSeen]:
        subject = self.subject
        return [face for face in self.faces if face is not subject]


def no_face(of: Evidence) -> float:
    return float(not of.faces)


def unlike(of: Evidence) -> float:
    subject = of.subject
    if subject is None or subject.unlike >= NOBODY:
        return _OWN
    return subject.unlike


def nearer_to_another(of: Evidence) -> float:
    subject = of.subject
    another = subject.unlike_another if subject else NOBODY
    apart = unlike(of) - (_ANOTHERS if another >= NOBODY else another)
    return min(max(apart, -0.4), 0.2)


def turned(of: Evidence) -> float:
    return abs(of.subject.yaw) / _TURN if of.subject else 0.5


def unlike_and_turned(of: Evidence) -> float:
    return unlike(of) * turned(of)


def others(of: Evidence) -> float:
    return float(bool(of.others))


def others_size(of: Evidence) -> float:
    subject = of.subject
    sizes = [face.side / max(subject.side, 1.0) for face in of.others] if subject else []
    return min(max(sizes, default=0.0), 1.5)


def others_sure(of: Evidence) -> float:
    return max((face.score for face in of.others), default=0.0)


def sharpness(of: Evidence) -> float:
    return of.faces[0].sharpness if of.faces else 0.2


def size(of: Evidence) -> float:
    return math.log(max(of.faces[0].side, 30.0) / _WANTED_SIDE) if of.faces else 0.0


def share(of: Evidence) -> float:
    return of.faces[0].share if of.faces else 0.3


def occlusion(of: Evidence) -> float:
    return of.faces[0].occlusion if of.faces else 0.3


def looks_blurry(of: Evidence) -> float:
    return _clipped(of.signs.blurry)


def looks_covered(of: Evidence) -> float:
    return _clipped(of.signs.covered)


def looks_drawn(of: Evidence) -> float:
    return _clipped(of.signs.drawn)


def looks_rephoto(of: Evidence) -> float:
    return _clipped(of.signs.rephoto)


def better_copy(of: Evidence) -> float:
    return float(of.has_better_copy)


def says_generated(of: Evidence) -> float:
    return float(of.says_generated)


def _clipped(odds: float) -> float:
    return min(max(odds, -_ODDS), _ODDS)


COLUMNS: dict[str, Callable[[Evidence], float]] = {
    column.__name__: column
    for column in (
        no_face,
        unlike,
        nearer_to_another,
        turned,
        unlike_and_turned,
        others,
        others_size,
        others_sure,
        sharpness,
        size,
        share,
        occlusion,
        looks_blurry,
        looks_covered,
        looks_drawn,
        looks_rephoto,
        better_copy,
        says_generated,
    )
}
"""By name, in the order of a row."""


def without_copy(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows (N, len(COLUMNS)) as they would be if no better copy of any picture were known."""
    alone = rows.copy()
    alone[:, list(COLUMNS).index("better_copy")] = 0.0
    return alone


def row_of(evidence: Evidence) -> NDArray[np.float64]:
    """(len(COLUMNS),) numbers of one picture."""
    return np.array([column(evidence) for column in COLUMNS.values()])
