"""A film is decoded on a leash: what it does to its decoder is its own problem, told by name."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

from curation.decoding.films import FilmUnreadable, film_steps
from curation.decoding.limits import Limits
from curation.jobs import LeaseLost
from curation.vision.video.choosing import KeptFrame, Passed, Wanted
from curation.vision.video.extract import StepTaken
from tests.conftest import DEMO
from tests.curation.vision.video.test_extract import film, with_person
from tests.stories.films import make_noise, scene, write_film

ROOMY = Limits(seconds=60, megabytes=2000)
WANTED = Wanted(every=20, min_face=100)


def taken(path: Path, *, limits: Limits = ROOMY, **more: object) -> list[StepTaken]:
    return list(film_steps(path, WANTED, limits=limits, **more))  # type: ignore[arg-type]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def test_steps_come_as_they_are_taken_and_the_child_ends(tmp_path: Path) -> None:
    before = children()
    path = film(tmp_path / "film.mp4", 60, lambda number: with_person("ada_1", number))
    found = taken(path)
    assert [each.step for each in found] == [1, 2, 3]
    assert all(isinstance(each.result, KeptFrame) for each in found)
    assert found[-1].length == pytest.approx(2.4, abs=0.1)
    assert children() <= before


def test_only_frames_with_the_person_of_the_portraits_come(tmp_path: Path) -> None:
    path = film(
        tmp_path / "film.mp4",
        40,
        lambda number: with_person("ada_2" if number < 20 else "bob_2", number),
    )
    portrait = (DEMO / "portraits" / "ada_1.jpg").read_bytes()
    ada, bob = taken(path, portraits=[b"torn", portrait])
    assert isinstance(ada.result, KeptFrame)
    assert bob.result is Passed.OTHER_PERSON
    with pytest.raises(FilmUnreadable, match="film_no_portrait"):
        taken(path, portraits=[b"torn"])


def test_what_came_before_a_film_breaks_off_is_not_lost(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    make_noise(whole, options={"movflags": "faststart"})
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) * 2 // 3])
    steps = film_steps(cut, WANTED, limits=ROOMY)
    come = []
    with pytest.raises(FilmUnreadable) as refused:
        come.extend(steps)
    assert refused.value.code == "film_breaks_off"
    assert 1 <= refused.value.details["seconds"] <= 3


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0\0\x18ftypisom" + bytes(4000), b"\x1aE\xdf\xa3" + bytes(range(256)) * 40],
)
def test_what_only_begins_as_a_film_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(FilmUnreadable, match="film_unreadable"):
        taken(path)


def test_a_film_that_takes_too_long_for_a_step_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    # The tables for the colours of high dynamic range take seconds to make.
    write_film(path, [scene(1)] * 20, pixels="yuv420p10le", colours=(9, 9, 16))
    with pytest.raises(FilmUnreadable) as refused:
        taken(path, limits=Limits(seconds=1, megabytes=2000))
    assert refused.value.code == "film_too_slow"


def test_a_film_that_takes_too_much_memory_is_told_so(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 3, lambda _: np.zeros((2000, 3600, 3), np.uint8))
    with pytest.raises(FilmUnreadable) as refused:
        taken(path, limits=Limits(seconds=60, megabytes=4))
    assert refused.value.code == "film_too_heavy"


def test_who_stops_listening_leaves_no_child_behind(tmp_path: Path) -> None:
    before = children()
    path = film(tmp_path / "film.mp4", 60, lambda number: with_person("ada_1", number))
    with closing(film_steps(path, WANTED, limits=ROOMY)) as steps:  # type: ignore[type-var]
        next(steps)
        assert len(children() - before) == 1
    assert children() <= before

    def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        taken(path, while_waiting=lost)
    assert children() <= before
