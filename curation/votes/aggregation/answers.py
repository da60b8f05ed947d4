"""What may be so of a picture, and what may be said of it: the rows and columns of a matrix."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from curation.manual.reasons import Reason

KEEP, UNSURE = "keep", "unsure"
LOOK_ALIKE = "look_alike"
"""The subject is absent, and the face is near a look-alike's. A truth of its own, as whoever knows
every stranger may still be taken in by these; it is answered by `subject_absent` too."""

TRUTHS = (KEEP, LOOK_ALIKE, *(reason.value for reason in Reason))
ANSWERS = (KEEP, *(reason.value for reason in Reason), UNSURE)
ANOTHER_PERSON = (LOOK_ALIKE, Reason.SUBJECT_ABSENT.value)
"""Somebody else's picture, which costs most where it is kept."""


def said(verdict: str, reasons: Collection[Reason] = ()) -> NDArray[np.float64]:
    """A vote as shares of `ANSWERS` (A,), which add up to 1: several reasons divide it.

    Raises ValueError for reasons without a rejection, or none with one.
    """
    if (verdict in {KEEP, UNSURE}) == bool(reasons):
        raise ValueError(f"a rejection has reasons, nothing else has: {verdict}, {reasons}")
    named = [reason.value for reason in reasons] or [verdict]
    shares = np.zeros(len(ANSWERS))
    shares[[ANSWERS.index(each) for each in named]] = 1 / len(named)
    return shares


def truths_of(reasons: Collection[Reason], *, look_alike_near: bool) -> NDArray[np.float64]:
    """A known answer as shares of `TRUTHS` (T,): no reasons for a picture to keep."""
    names = [_truth(reason, look_alike_near=look_alike_near) for reason in reasons] or [KEEP]
    shares = np.zeros(len(TRUTHS))
    shares[[TRUTHS.index(each) for each in names]] = 1 / len(names)
    return shares


def possible(*, look_alike_near: bool) -> NDArray[np.bool_]:
    """Which of `TRUTHS` (T,) a picture can be: an absent subject is one of two, never both."""
    never = Reason.SUBJECT_ABSENT.value if look_alike_near else LOOK_ALIKE
    return np.array([truth != never for truth in TRUTHS])


def _truth(reason: Reason, *, look_alike_near: bool) -> str:
    return LOOK_ALIKE if look_alike_near and reason is Reason.SUBJECT_ABSENT else reason.value
