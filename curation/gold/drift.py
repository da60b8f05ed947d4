"""Whether somebody's eye is getting tired: a CUSUM over their answers to gold. Pure.

After each answer the sum grows by 0.8 where it was wrong and falls by K = 0.2 where it was right,
never below nothing; at H = 3.2 it has drifted, and begins anew. K lies between 10 % and 30 % of
wrong answers, as Page's test for a change from one to the other wants it (0.19). With H = 3.2
somebody who stays at 10 % is disturbed once in more than 1,000 answers, one who has come down to
30 % is noticed after 27, at 50 % after 11: `tests/curation/gold/test_drift.py` works
these out exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

K_IN_FIFTHS = 1
H_IN_FIFTHS = 16
"""Counted in fifths of an answer, so that nothing is rounded."""
WRONG = 5 - K_IN_FIFTHS
LEARNING = 20
"""So many first answers are learning: whoever is new is not tired."""


def drifts(rights: Sequence[bool]) -> list[int]:
    """At which of the answers, from 0 and in their order, accuracy was found to have drifted."""
    found, total = [], 0
    for place, is_right in enumerate(rights):
        if place < LEARNING:
            continue
        total = max(0, total - K_IN_FIFTHS if is_right else total + WRONG)
        if total >= H_IN_FIFTHS:
            found.append(place)
            total = 0
    return found
