"""A film falls into steps, none of them across a cut; short shots are not forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
import pytest

from curation.vision.video.reader import Decoded
from curation.vision.video.scenes import CutFinder
from curation.vision.video.steps import steps
from tests.stories.films import scene


def frame_of(picture: np.ndarray, number: int) -> Decoded:
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
    frame.pts, frame.time_base = number, Fraction(1, 25)
    return Decoded(number, frame, number)


def film_of(*shots: int) -> Iterator[Decoded]:
    """Shots of so many frames each, one after the other."""
    number = 0
    for seed, length in enumerate(shots):
        for _ in range(length):
            number += 1
            yield frame_of(scene(seed), number)


def test_a_long_shot_gives_one_step_for_so_many_frames() -> None:
    found = list(steps(film_of(130), every=40))
    assert [step.number for step in found] == [1, 2, 3]
    assert {step.scene for step in found} == {1}
    for step in found:
        numbers = [frame.number for frame in step.window]
        first = 40 * (step.number - 1) + 1
        assert numbers == list(range(first + 10, first + 31)), "half of it, around its middle"


def test_what_remains_counts_when_it_is_half_a_step() -> None:
    assert len(list(steps(film_of(59), every=40))) == 1
    assert len(list(steps(film_of(60), every=40))) == 2


def test_no_step_reaches_across_a_cut_and_each_shot_gets_one() -> None:
    found = list(steps(film_of(25, 6, 90, 15), every=40))
    assert [step.scene for step in found] == [1, 2, 3, 3, 4]
    assert [step.number for step in found] == [1, 2, 3, 4, 5]
    ends = [25, 31, 121, 136]
    for step in found:
        assert step.window, "even a short shot has a frame to keep"
        begin = ([0, *ends])[step.scene - 1]
        assert all(begin < frame.number <= ends[step.scene - 1] for frame in step.window)


def test_every_frame_may_be_wanted() -> None:
    found = list(steps(film_of(5, 5), every=1))
    assert [[frame.number for frame in step.window] for step in found] == [
        [number] for number in range(1, 11)
    ]


def test_large_pictures_are_held_in_smaller_windows() -> None:
    large = scene(1, width=3840, height=2160)
    [step] = steps((frame_of(large, number) for number in range(1, 41)), every=40)
    held = sum(plane.buffer_size for frame in step.window for plane in frame.picture.planes)
    assert 1 < len(step.window) < 9
    assert held <= 96 * 2**20


def moved(picture: np.ndarray, by: int) -> np.ndarray:
    return np.roll(picture, by, axis=1)


@pytest.mark.parametrize("kind", ["pan", "hand", "fade", "grain"])
def test_what_moves_is_no_cut(kind: str) -> None:
    cuts, chance = CutFinder(), np.random.default_rng(0)
    found = []
    for number in range(40):
        picture = scene(3).copy()
        match kind:
            case "pan":
                picture = moved(picture, 4 * number)
            case "hand" if number >= 20:
                picture[60:, 100:180] = 10
            case "fade":
                picture = (picture * (1 - number / 40)).astype(np.uint8)
            case "grain":
                noise = chance.integers(-20, 20, picture.shape)
                picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        found.append(cuts.begins_with(frame_of(picture, number).picture))
    assert found == [True, *[False] * 39]


def test_a_cut_in_the_dark_and_one_in_the_middle_of_a_pan_are_found() -> None:
    for dark in (1, 4):
        cuts = CutFinder()
        found = [
            cuts.begins_with(
                frame_of(moved(scene(number // 20) // dark, 3 * number), number).picture
            )
            for number in range(40)
        ]
        assert [at for at, is_cut in enumerate(found) if is_cut] == [0, 20]
