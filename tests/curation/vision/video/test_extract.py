"""Of a film the sharp frames with a large face are kept, one for each step, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from curation.vision.decode import decode
from curation.vision.faces import FaceFinder
from curation.vision.video.choosing import KeptFrame, Passed, Wanted
from curation.vision.video.extract import FilmTooLarge, extract
from tests.conftest import DEMO
from tests.stories.films import scene, write_film

WIDTH, HEIGHT = 640, 360
SMALL_ENOUGH = 100
"""Pixels; faces here are about twice as large."""


def with_person(name: str, number: int, *, height: int = 340) -> np.ndarray:
    """A person before a wall, moving to the right."""
    portrait = Image.open(DEMO / "portraits" / f"{name}.jpg").convert("RGB")
    portrait = portrait.resize((round(portrait.width * height / portrait.height), height))
    wall = Image.new("RGB", (WIDTH, HEIGHT), (70, 90, 80))
    wall.paste(portrait, (80 + 2 * (number % 80), HEIGHT - height))
    return np.asarray(wall)


def blurred(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), 4)


def kept(path: Path, wanted: Wanted, **more: object) -> list[KeptFrame | Passed | None]:
    return [taken.result for taken in extract(path, wanted, **more)]  # type: ignore[arg-type]


def film(path: Path, length: int, picture: Callable[[int], np.ndarray]) -> Path:
    write_film(path, [picture(number) for number in range(length)], options={"crf": "12"})
    return path


def test_of_each_step_the_sharpest_frame_is_kept(tmp_path: Path) -> None:
    sharp = {17, 52}

    def picture(number: int) -> np.ndarray:
        shown = with_person("ada_1", number)
        return shown if number in sharp else blurred(shown)

    path = film(tmp_path / "film.mp4", 70, picture)
    results = kept(path, Wanted(every=35, min_face=SMALL_ENOUGH))
    frames = [each for each in results if isinstance(each, KeptFrame)]
    assert len(frames) == len(results) == 2
    assert {frame.number - 1 for frame in frames} == sharp
    assert [float(frame.moment) for frame in frames] == pytest.approx([17 / 25, 52 / 25])
    rgb = decode(frames[0].png).rgb
    assert rgb.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(rgb.astype(int) - picture(17)).mean() < 4
    assert kept(path, Wanted(every=35, min_face=SMALL_ENOUGH))[0].png == frames[0].png  # type: ignore[union-attr]


def test_frames_without_a_large_face_are_passed(tmp_path: Path) -> None:
    def picture(number: int) -> np.ndarray:
        return scene(5, width=WIDTH, height=HEIGHT) if number < 20 else with_person("bob_1", number)

    path = film(tmp_path / "film.mp4", 40, picture)
    nobody, person = kept(path, Wanted(every=20, min_face=SMALL_ENOUGH))
    assert nobody is Passed.NO_FACE
    assert isinstance(person, KeptFrame)
    assert kept(path, Wanted(every=20, min_face=600)) == [Passed.NO_FACE, Passed.SMALL_FACE]


def test_frames_without_the_subject_are_passed_where_that_is_wished(tmp_path: Path) -> None:
    def picture(number: int) -> np.ndarray:
        return with_person("ada_2" if number < 20 else "bob_2", number)

    path = film(tmp_path / "film.mp4", 40, picture)
    [portrait] = FaceFinder().find(decode((DEMO / "portraits" / "ada_1.jpg").read_bytes()).rgb)
    assert portrait.descriptor is not None
    wanted = Wanted(every=20, min_face=SMALL_ENOUGH)
    ada, bob = kept(path, wanted, references=[portrait.descriptor])
    assert isinstance(ada, KeptFrame)
    assert bob is Passed.OTHER_PERSON
    assert all(isinstance(each, KeptFrame) for each in kept(path, wanted))


def test_who_goes_on_in_the_middle_gets_what_follows_unchanged(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", 60, lambda number: with_person("ada_1", number))
    wanted = Wanted(every=20, min_face=SMALL_ENOUGH)
    whole = kept(path, wanted)
    rest = kept(path, wanted, after_step=2)
    assert rest[:2] == [None, None]
    assert isinstance(rest[2], KeptFrame)
    assert isinstance(whole[2], KeptFrame)
    assert (rest[2].number, rest[2].png) == (whole[2].number, whole[2].png)


def test_a_list_of_other_files_is_no_film(tmp_path: Path) -> None:
    """Formats that name further files or addresses would have the server read them."""
    secret = film(tmp_path / "secret.mp4", 5, lambda _: scene(1))
    for name, text in (
        ("list.mp4", f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", f"ffconcat version 1.0\nfile {secret.name}\n"),
    ):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises((OSError, ValueError)):
            kept(path, Wanted())


def test_a_film_larger_than_4k_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "wall.mp4"
    write_film(path, [np.zeros((2320, 4224, 3), np.uint8)], options={"preset": "ultrafast"})
    with pytest.raises(FilmTooLarge) as refused:
        kept(path, Wanted())
    assert refused.value.details == {"width": 4224, "height": 2320, "most": 9}
