"""Faces of one person come together, whoever it is, and nobody joins by a chain."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curation.vision.same_person import REACH, same_person

AXES = np.eye(128, dtype=np.float32)


def faces(*at: float) -> np.ndarray:
    """Faces on one line, so far along it."""
    return np.outer(np.array(at, np.float32), AXES[0]).astype(np.float32)


def test_two_people_are_two_groups_the_larger_first() -> None:
    assert same_person(faces(0, 2, 2.1, 0.1, 0.2)) == [[0, 3, 4], [1, 2]]


def test_no_chain_leads_from_one_person_to_another() -> None:
    (first, *_others) = same_person(faces(0, 0.4, 0.8, 1.2, 1.6))
    assert len(first) == 3


def test_of_nobody_there_is_no_group() -> None:
    assert same_person(np.zeros((0, 128), np.float32)) == []


@given(st.lists(st.integers(0, 30), max_size=12))
def test_everybody_is_in_one_group_and_near_its_first(tenths: list[int]) -> None:
    at = [each / 10 for each in tenths]
    groups = same_person(faces(*at))
    assert sorted(row for group in groups for row in group) == list(range(len(at)))
    assert [len(group) for group in groups] == sorted((len(g) for g in groups), reverse=True)
    for first, *others in groups:
        assert all(abs(at[first] - at[other]) <= REACH + 1e-3 for other in others)
