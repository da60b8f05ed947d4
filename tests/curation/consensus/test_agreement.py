"""How often somebody says what the others say, and what they miss."""

from __future__ import annotations

from curation.consensus.agreement import Opinion, agreements, most_missed, voice_of
from curation.manual.reasons import Reason

KEEP, UNSURE = Opinion("keep"), Opinion("unsure")


def reject(*reasons: Reason) -> Opinion:
    return Opinion("reject", reasons)


BLURRY, COVERED = reject(Reason.BLURRY), reject(Reason.COVERED)


def test_the_others_speak_by_the_larger_part_and_a_ruling_over_all() -> None:
    assert voice_of([KEEP], None) == KEEP
    assert voice_of([KEEP, BLURRY], None) is None
    assert voice_of([UNSURE], None) is None
    assert voice_of([COVERED, BLURRY, KEEP], None) == reject(Reason.BLURRY, Reason.COVERED)
    assert voice_of([KEEP, KEEP], BLURRY) == BLURRY


def test_agreement_is_counted_by_what_the_others_say() -> None:
    found = agreements(
        [
            (KEEP, KEEP),
            (BLURRY, KEEP),
            (BLURRY, BLURRY),
            (KEEP, BLURRY),
            (COVERED, BLURRY),
            (UNSURE, BLURRY),
        ]
    )
    assert list(found) == ["keep", "blurry"]
    keep, blurry = found.values()
    assert (keep.asked, keep.agreed, keep.kept) == (2, 1, 0)
    assert (blurry.asked, blurry.agreed, blurry.kept) == (3, 1, 1)
    assert blurry.instead == {Reason.COVERED: 1}


def test_one_of_several_reasons_agrees_with_that_one() -> None:
    found = agreements([(BLURRY, reject(Reason.BLURRY, Reason.COVERED))])
    assert (found["blurry"].agreed, found["covered"].agreed) == (1, 0)


def test_what_is_missed_most_is_what_was_kept_most() -> None:
    found = agreements([(KEEP, BLURRY), (KEEP, COVERED), (KEEP, COVERED), (BLURRY, KEEP)])
    assert most_missed(found) == "covered"
    assert most_missed(agreements([(BLURRY, KEEP)])) is None
