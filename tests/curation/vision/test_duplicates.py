"""Copies are found, whatever was done to them; pictures that only resemble each other are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from curation.vision.decode import decode
from curation.vision.duplicates import (
    FACES_WITHIN,
    HASH_ALONE,
    HASH_WITH,
    SAME_PIXELS,
    SAME_PIXELS_IN_A_SHOT,
    Prints,
    candidates,
    likeness,
)
from curation.vision.hashes import MIRRORED_BITS
from curation.vision.sketch import Sketch, sketch_of
from tests.conftest import DEMO
from tests.stories.copies import KINDS, copy_of


def sketch(data: bytes) -> Sketch:
    return sketch_of(decode(data).rgb)


def prints(hashes: list[int], faces: list[tuple[int, float] | None]) -> Prints:
    """Pictures with these hashes, and faces with a hash and a place on a line of descriptors."""
    descriptors = np.zeros((len(hashes), 128), np.float32)
    descriptors[:, 0] = [face[1] if face else 0 for face in faces]
    return Prints(
        hashes=np.array(hashes, np.uint64),
        face_hashes=np.array([face[0] if face else 0 for face in faces], np.uint64),
        descriptors=descriptors,
        has_face=np.array([face is not None for face in faces], np.bool_),
        shots=np.full(len(hashes), -1, np.int64),
        seconds=np.zeros(len(hashes)),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_the_same_pixels(kind: str) -> None:
    path = DEMO / "portraits" / "ada_1.jpg"
    copy = sketch(copy_of(Image.open(path), kind))
    own = sketch(path.read_bytes())
    assert likeness(own, copy) >= SAME_PIXELS
    assert likeness(copy, own) >= SAME_PIXELS


def test_two_portraits_of_one_person_do_not() -> None:
    files = sorted((DEMO / "portraits").glob("*.jpg"))
    sketches = [sketch(file.read_bytes()) for file in files]
    for index, one in enumerate(sketches):
        assert all(likeness(one, other) < SAME_PIXELS for other in sketches[index + 1 :])


def test_a_blank_picture_is_like_nothing() -> None:
    blank = Sketch(np.full((64, 48), 128, np.uint8), None)
    portrait = sketch((DEMO / "portraits" / "ada_1.jpg").read_bytes())
    assert likeness(blank, portrait) < 0.5
    assert not likeness(blank, blank) >= SAME_PIXELS


HASHES = st.integers(0, 2**64 - 1)
FACES = st.none() | st.tuples(HASHES, st.floats(0, 1, width=16))


@st.composite
def some_prints(draw: st.DrawFn) -> Prints:
    """Pictures of which many are close in something."""
    hashes = draw(st.lists(HASHES, min_size=1, max_size=4))
    flips = st.sets(st.integers(0, 63), max_size=12)
    hashes += [one ^ sum(1 << bit for bit in draw(flips)) for one in hashes for _ in range(2)]
    hashes += [one ^ MIRRORED_BITS for one in hashes[:2]]
    faces = [draw(FACES) for _ in hashes]
    return prints(hashes, faces)


@given(some_prints(), st.data())
@settings(deadline=None)
def test_candidates_are_exactly_those_that_the_thresholds_say(
    known: Prints, data: st.DataObject
) -> None:
    num_known = data.draw(st.integers(0, len(known)))
    found = [(each.earlier, each.later) for each in candidates(known, num_known=num_known)]
    assert found == sorted(found, key=lambda pair: (pair[1], pair[0]))

    def bits(one: np.uint64, other: np.uint64) -> int:
        differing = int(one) ^ int(other)
        return min(differing.bit_count(), (differing ^ MIRRORED_BITS).bit_count())

    def is_candidate(one: int, other: int) -> bool:
        whole = bits(known.hashes[one], known.hashes[other])
        if not (known.has_face[one] and known.has_face[other]):
            return whole <= HASH_WITH
        face = bits(known.face_hashes[one], known.face_hashes[other])
        apart = abs(known.descriptors[one, 0] - known.descriptors[other, 0])
        return whole <= HASH_ALONE or any(
            apart <= distance and min(whole, face) <= most for distance, most in FACES_WITHIN
        )

    assert set(found) == {
        (one, other)
        for other in range(num_known, len(known))
        for one in range(other)
        if is_candidate(one, other)
    }


def test_far_apart_in_a_long_list_they_are_found_too() -> None:
    hashes = np.random.default_rng(3).integers(0, 2**64, 2500, dtype=np.uint64)
    hashes[2490] = hashes[7] ^ np.uint64(0b1011)
    found = list(candidates(prints(hashes.tolist(), [None] * 2500)))
    assert [(each.earlier, each.later, each.hash_bits) for each in found] == [(7, 2490, 3)]


def test_frames_of_one_shot_a_moment_apart_are_looked_at_whatever_their_hashes() -> None:
    chance = np.random.default_rng(5)
    hashes = chance.integers(0, 2**64, 6, dtype=np.uint64)
    frames = replace(
        prints(hashes.tolist(), [None] * 6),
        shots=np.array([1, 1, 1, 2, -1, -1]),
        seconds=np.array([10.0, 14.0, 16.0, 14.0, 14.0, 14.0]),
    )
    found = list(candidates(frames))
    assert [(each.earlier, each.later) for each in found] == [(0, 1), (1, 2)]
    assert all(each.wanted == SAME_PIXELS_IN_A_SHOT for each in found)
    later = candidates(frames, num_known=2)
    assert [(each.earlier, each.later) for each in later] == [(1, 2)]
