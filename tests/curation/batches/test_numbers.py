"""What somebody means who writes numbers of pictures by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.batches.numbers import numbers_meant, within
from curation.errors import InvalidInput
from curation.images.models import Image
from curation.subjects.models import Subject
from tests.stories.batches import image_row


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("1-200, 250", [(1, 200), (250, 250)]),
        (" 250 ，1–200、7 ", [(1, 200), (7, 7), (250, 250)]),
        ("3～5；9\n12", [(3, 5), (9, 9), (12, 12)]),
        ("300", [(300, 300)]),
    ],
)
def test_numbers_and_spans_however_they_are_parted(text: str, spans: list[tuple[int, int]]) -> None:
    assert numbers_meant(text, last=300) == spans


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("", "such as 1-200, 250"),
        (" , ", "such as 1-200, 250"),
        ("one", "“one” is no number: write numbers and spans"),
        ("5-", "“5-” is no number"),
        ("20-10", "write 10-20"),
        ("0", "run from 1 to 300"),
        ("250-301", "run from 1 to 300"),
        ("1," * 201, "cut in several steps"),
    ],
)
def test_what_cannot_be_meant_is_named_with_the_cure(text: str, cure: str) -> None:
    with pytest.raises(InvalidInput, match=cure):
        numbers_meant(text, last=300)


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(1, 99)).map(sorted), min_size=1))
def test_what_is_written_is_what_is_meant(spans: list[list[int]]) -> None:
    text = ", ".join(f"{first}-{end}" for first, end in spans[:200])
    assert numbers_meant(text, last=99) == sorted((first, end) for first, end in spans[:200])


def test_the_condition_takes_those_and_no_others(subject: Subject) -> None:
    for number in range(1, 11):
        image_row(subject, number)
    found = Image.objects.filter(within([(2, 4), (9, 9)])).order_by("number")
    assert list(found.values_list("number", flat=True)) == [2, 3, 4, 9]
