"""One softmax over all reasons: scores that add up, explain each other away, and learn."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from curation.manual.reasons import Reason
from curation.vision.hint_columns import Evidence, row_of
from curation.vision.hints import CLASSES, KEEP, REASONS, Examples, Softmax, fit, prior
from curation.vision.signs import Signs
from tests.curation.vision.test_hint_columns import CLEAR, FACE, STRANGER


@pytest.fixture(scope="module")
def softmax() -> Softmax:
    return fit(prior())


def scores(softmax: Softmax, evidence: Evidence) -> dict[str, float]:
    (row,) = softmax(row_of(evidence)[None])
    return dict(zip(CLASSES, row.tolist(), strict=True))


def test_reasons_are_those_of_the_manual_and_that_a_machine_made_it() -> None:
    assert set(REASONS) == {reason.value for reason in Reason} | {"generated"}


def test_the_prior_knows_every_class(softmax: Softmax) -> None:
    assert set(prior().answers) == set(range(len(CLASSES)))
    assert np.isfinite(prior().rows).all()
    assert (prior().weights > 0).all()


def test_each_reason_is_suspected_for_what_it_is(softmax: Softmax) -> None:
    frontal = replace(FACE, yaw=5, occlusion=0.02)
    clear = replace(CLEAR, faces=(frontal,))
    stranger = replace(STRANGER, side=256, yaw=5, occlusion=0.02)
    cases = {
        KEEP: clear,
        "subject_absent": replace(clear, faces=(stranger,)),
        "other_face": replace(clear, faces=(frontal, replace(stranger, score=0.95))),
        "blurry": replace(
            clear, faces=(replace(frontal, sharpness=0.05),), signs=Signs(6, -4, -6, -6)
        ),
        "covered": replace(clear, signs=Signs(-3, 7, -5, -6)),
        "drawn": replace(clear, signs=Signs(-3, -3, 7, -6)),
        "rephoto": replace(clear, signs=Signs(-3, -3, -5, 7)),
        "duplicate": replace(clear, has_better_copy=True),
        "generated": replace(clear, says_generated=True),
    }
    for right, evidence in cases.items():
        told = scores(softmax, evidence)
        assert sum(told.values()) == pytest.approx(1)
        assert max(told, key=lambda name: told[name]) == right


def test_a_mask_explains_away_that_the_face_is_unlike_the_subject(softmax: Softmax) -> None:
    unlike = replace(FACE, yaw=5, unlike=0.45, unlike_another=0.55)
    bare = scores(softmax, replace(CLEAR, faces=(unlike,)))
    masked = scores(softmax, replace(CLEAR, faces=(unlike,), signs=Signs(-3, 7, -5, -6)))
    assert masked["subject_absent"] < bare["subject_absent"]


def test_decisions_are_learnt() -> None:
    """A project that keeps drawings teaches it."""
    drawing = row_of(replace(CLEAR, signs=Signs(-3, -3, 5, -6)))
    before = fit(prior())(drawing[None])[0]
    kept = Examples(np.tile(drawing, (80, 1)), np.zeros(80, np.intp), np.ones(80))
    after = fit(prior() + kept)(drawing[None])[0]
    place = CLASSES.index("drawn")
    assert before[place] > 0.5 > after[place]
    assert after[CLASSES.index(KEEP)] > before[CLASSES.index(KEEP)]


def test_what_was_fitted_is_the_same_after_it_was_kept(softmax: Softmax) -> None:
    kept = Softmax.from_dict(json.loads(json.dumps(softmax.as_dict())))
    rows = prior().rows[:50]
    assert np.abs(kept(rows) - softmax(rows)).max() < 1e-3
