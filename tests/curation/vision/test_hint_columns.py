"""Each number that hints look at says what its name says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from curation.vision import hint_columns
from curation.vision.gallery import NOBODY
from curation.vision.hint_columns import COLUMNS, Evidence, FaceSeen, row_of
from curation.vision.signs import Signs

FACE = FaceSeen(
    side=256,
    share=0.5,
    yaw=-45,
    score=0.9,
    occlusion=0.1,
    sharpness=0.4,
    unlike=0.3,
    unlike_another=0.5,
)
STRANGER = replace(FACE, side=128, score=0.7, unlike=0.6, unlike_another=0.4)
CLEAR = Evidence((FACE,), Signs(-2, -3, -4, -5), has_better_copy=False, says_generated=False)


def told(evidence: Evidence) -> dict[str, float]:
    return dict(zip(COLUMNS, row_of(evidence).tolist(), strict=True))


def test_a_clear_picture() -> None:
    assert told(CLEAR) == pytest.approx(
        {
            "no_face": 0,
            "unlike": 0.3,
            "nearer_to_another": -0.2,
            "turned": 0.5,
            "unlike_and_turned": 0.15,
            "others": 0,
            "others_size": 0,
            "others_sure": 0,
            "sharpness": 0.4,
            "size": 0,
            "share": 0.5,
            "occlusion": 0.1,
            "looks_blurry": -2,
            "looks_covered": -3,
            "looks_drawn": -4,
            "looks_rephoto": -5,
            "better_copy": 0,
            "says_generated": 0,
        }
    )


def test_the_subject_is_who_is_most_like_it_and_all_else_are_others() -> None:
    larger = replace(STRANGER, side=512)
    row = told(replace(CLEAR, faces=(larger, FACE)))
    assert row["unlike"] == 0.3
    assert (row["others"], row["others_size"], row["others_sure"]) == (1, 1.5, 0.7)


def test_where_nobody_can_be_compared_nothing_speaks_against_the_subject() -> None:
    unknown = replace(FACE, unlike=NOBODY, unlike_another=NOBODY)
    row = told(replace(CLEAR, faces=(unknown,)))
    assert row["unlike"] < 0.3
    assert row["nearer_to_another"] < -0.2


def test_without_a_look_alike_some_stranger_stands_in() -> None:
    near, far = (replace(FACE, unlike=unlike, unlike_another=NOBODY) for unlike in (0.2, 0.6))
    assert told(replace(CLEAR, faces=(near,)))["nearer_to_another"] < -0.2
    assert told(replace(CLEAR, faces=(far,)))["nearer_to_another"] > 0.1


def test_without_a_face_only_that_is_told() -> None:
    row = told(replace(CLEAR, faces=()))
    assert row["no_face"] == 1
    assert np.isfinite(list(row.values())).all()


def test_a_copy_and_what_says_that_it_was_generated() -> None:
    row = told(replace(CLEAR, has_better_copy=True, says_generated=True))
    assert (row["better_copy"], row["says_generated"]) == (1, 1)


def test_endless_odds_are_cut_off() -> None:
    row = told(replace(CLEAR, signs=Signs(900, -900, 0, 0)))
    assert (row["looks_blurry"], row["looks_covered"]) == (12, -12)


def test_every_column_is_a_function_of_this_room() -> None:
    for name, column in COLUMNS.items():
        assert getattr(hint_columns, name) is column
