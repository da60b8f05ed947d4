from __future__ import annotations

import numpy as np
import pytest

from curation.vision.gallery import (
    NOBODY,
    SUBJECT,
    UNKNOWN,
    Faces,
    distances,
    grown,
    likeness,
)

rng = np.random.default_rng(3)


def directions() -> tuple[np.ndarray, np.ndarray]:
    """Two people's descriptors from the front; a turn of the head moves both the same way."""
    person = rng.normal(size=128)
    person /= np.linalg.norm(person)
    turn = rng.normal(size=128)
    turn -= person * (turn @ person)
    return person, turn / np.linalg.norm(turn)


def heads(person: np.ndarray, turn: np.ndarray, yaws: list[float]) -> Faces:
    """Faces of one person: 30 degrees of turn are 0.3 away from the front."""
    noise = rng.normal(scale=0.004, size=(len(yaws), 128))
    moved = person + np.abs(np.array(yaws))[:, None] / 100 * turn + noise
    return Faces(moved.astype(np.float32), np.array(yaws, np.float32))


def test_step_by_step_a_gallery_reaches_the_profile() -> None:
    person, turn = directions()
    portraits = heads(person, turn, [0, 3, -8])
    pile = heads(person, turn, [15, -25, 30, -40, 45, 55])

    assert (grown(portraits, [], pile) == SUBJECT).all()
    assert grown(portraits, [], pile.taken(np.array([5]))) == UNKNOWN  # no steps to it


def test_steps_do_not_lead_to_somebody_else() -> None:
    person, turn = directions()
    other = person + 0.9 * turn
    between = Faces(
        np.array([person + part * 0.9 * turn for part in np.linspace(0, 1, 9)], np.float32),
        np.zeros(9, np.float32),
    )

    joined = grown(heads(person, turn, [0, 2]), [], between)

    assert (joined[:3] == SUBJECT).all()
    assert joined[-1] == UNKNOWN
    assert np.linalg.norm(between.descriptors[-1] - other) < 1e-4


def test_a_face_that_may_be_the_look_alikes_joins_neither() -> None:
    person, turn = directions()
    alike = person + 0.3 * turn
    middle = Faces(((person + alike) / 2)[None].astype(np.float32), np.zeros(1, np.float32))
    portraits, theirs = heads(person, turn, [0]), heads(alike, turn, [0])

    assert grown(portraits, [], middle) == SUBJECT
    assert grown(portraits, [theirs], middle) == UNKNOWN
    assert (grown(portraits, [theirs], heads(alike, turn, [1, 2])) == 1).all()


def test_a_face_is_not_compared_with_itself() -> None:
    person, turn = directions()
    gallery = heads(person, turn, [0, 10])

    alone = distances(gallery, gallery, own=np.arange(2))

    assert alone == pytest.approx([0.11, 0.11], abs=0.05)


def test_a_mirrored_turn_counts_as_the_same() -> None:
    person, turn = directions()
    gallery = heads(person, turn, [40, 42])

    left, right = distances(heads(person, turn, [-40, 40]), gallery)

    assert left == pytest.approx(right, abs=0.05)
    assert left < 0.1


def test_without_portraits_nobody_is_sure_and_nothing_near() -> None:
    person, turn = directions()
    nobody = Faces(np.empty((0, 128), np.float32), np.empty(0, np.float32))
    pile = heads(person, turn, [0, 5])

    assert (grown(nobody, [], pile) == UNKNOWN).all()
    assert (distances(pile, nobody) == 2).all()
    assert distances(nobody, pile).shape == (0,)


def test_others_are_told_by_their_own_galleries_that_grow_too() -> None:
    person, turn = directions()
    other = person + 0.45 * turn[::-1]
    portraits, theirs = heads(person, turn, [0]), heads(other, turn, [0])
    pile = heads(person, turn, [2, 25, 40]) + heads(other, turn, [3, 25, 40])

    near = likeness(portraits, [theirs], pile)

    assert (near.unlike[:3] < near.unlike_another[:3]).all()
    assert (near.unlike[3:] > near.unlike_another[3:]).all()
    assert (likeness(portraits, [], pile).unlike_another == NOBODY).all()


def test_enough_faces_that_were_said_to_be_strangers_tell_others_of_their_like() -> None:
    person, turn = directions()
    alike = person + 0.3 * turn
    portraits = heads(person, turn, [0, 5])
    pile = heads(person, turn, [2, 10]) + heads(alike, turn, [0, 2, 4, 6, 8, 10])
    said = np.arange(8) >= 3  # all but the first of whom nobody named a look-alike

    near = likeness(portraits, [], pile, strangers=said)

    assert near.unlike_another[2] < 0.1 < near.unlike[2]
    assert (near.unlike[:2] < near.unlike_another[:2]).all()
    few = likeness(portraits, [], pile, strangers=np.arange(8) >= 5)
    assert (few.unlike_another == NOBODY).all()


def test_who_was_said_to_be_a_stranger_does_not_lead_to_others() -> None:
    person, turn = directions()
    portraits = heads(person, turn, [0])
    pile = heads(person, turn, [20, 40])
    said = np.array([True, False])

    assert (grown(portraits, [], pile) == SUBJECT).all()
    assert (grown(portraits, [], pile, strangers=said) == UNKNOWN).all()
    theirs = pile.taken(np.array([0]))
    assert grown(portraits, [theirs], pile, strangers=said)[0] == 1
