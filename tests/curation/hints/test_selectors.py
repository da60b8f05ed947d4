"""What the machine goes by is what spoke for the reason, and is said only where it can be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.hints.models import Fitting, Hint
from curation.hints.selectors import MOST_TRAITS, Trait, suspicion_of, why
from curation.images.models import Image
from curation.subjects.models import Subject
from curation.vision.hint_columns import COLUMNS
from curation.vision.hints import CLASSES, HINTS_VERSION, REASONS, fit, prior
from tests.stories.hints import fit as fit_now
from tests.stories.hints import seen, speaking

MakeImage = Callable[..., Image]
PLACES = {name: place for place, name in enumerate(COLUMNS)}


def row(**columns: float) -> NDArray[np.float64]:
    values = np.zeros(len(COLUMNS))
    for name, value in columns.items():
        values[PLACES[name]] = value
    return values


def test_the_most_that_speaks_is_named_first() -> None:
    softmax = speaking(blurry={"looks_blurry": 1, "sharpness": -2, "size": -1, "share": 0.1})
    blurred = row(looks_blurry=1.5, sharpness=-2, size=-1, share=1)
    assert why(softmax, blurred, "blurry") == (
        Trait("sharpness", is_much=False),
        Trait("looks_blurry", is_much=True),
        Trait("size", is_much=False),
    )


def test_what_speaks_for_keeping_as_much_says_nothing() -> None:
    softmax = speaking(drawn={"share": 2, "looks_drawn": 1}, keep={"share": 2})
    assert why(softmax, row(share=3, looks_drawn=1), "drawn") == (
        Trait("looks_drawn", is_much=True),
    )


def test_what_hardly_counts_beside_the_rest_is_not_said() -> None:
    softmax = speaking(duplicate={"better_copy": 4, "looks_covered": 0.5})
    copy = row(better_copy=2, looks_covered=1)
    assert why(softmax, copy, "duplicate") == (Trait("better_copy", is_much=True),)


def test_that_something_is_not_the_case_is_no_reason() -> None:
    softmax = speaking(subject_absent={"looks_drawn": -2, "others": -2, "unlike": 1})
    stranger = row(looks_drawn=-3, others=-1, unlike=1)
    assert why(softmax, stranger, "subject_absent") == (Trait("unlike", is_much=True),)


def test_nothing_is_said_of_a_face_that_is_not_there() -> None:
    softmax = speaking(subject_absent={"no_face": 1, "unlike": 3, "sharpness": -3})
    empty = row(no_face=1, unlike=1, sharpness=-1)
    assert why(softmax, empty, "subject_absent") == (Trait("no_face", is_much=True),)


@pytest.mark.parametrize("reason", REASONS)
def test_what_everybody_starts_from_says_why_of_nearly_every_picture(reason: str) -> None:
    examples = prior()
    softmax = fit(examples)
    place = CLASSES.index(reason)
    told = (softmax(examples.rows).argmax(axis=1) == place) & (examples.answers == place)
    given = [why(softmax, each, reason) for each in examples.rows[told]]
    assert given
    assert all(len(traits) <= MOST_TRAITS for traits in given)
    assert sum(bool(traits) for traits in given) >= 0.95 * len(given)


@pytest.mark.django_db
def test_an_image_is_told_by_the_row_that_it_was_scored_by(
    subject: Subject, make_image: MakeImage
) -> None:
    clear, drawn = make_image(), make_image()
    seen(clear)
    seen(drawn, drawn=9)
    assert suspicion_of(drawn) is None, "there are no hints yet"
    fit_now(subject)

    told = suspicion_of(drawn)
    assert told is not None
    assert told.reason == "drawn"
    assert next(iter(told.scores)) == "drawn"
    assert Trait("looks_drawn", is_much=True) in told.traits
    of_clear = suspicion_of(clear)
    assert of_clear is not None
    assert (of_clear.reason, of_clear.traits) == ("", ())
    assert of_clear.keep > 0.5


@pytest.mark.django_db
def test_scores_and_weights_of_two_fittings_are_not_mixed(
    subject: Subject, make_image: MakeImage
) -> None:
    drawn = make_image()
    seen(drawn, drawn=9)
    fit_now(subject)
    Hint.objects.update(version=2)
    told = suspicion_of(drawn)
    assert told is not None
    assert (told.reason, told.traits) == ("drawn", ()), "it is being made anew"
    Hint.objects.update(version=1)
    Fitting.objects.update(hints_version=HINTS_VERSION - 1)
    told = suspicion_of(drawn)
    assert told is not None
    assert told.traits == (), "an older version had other columns"
