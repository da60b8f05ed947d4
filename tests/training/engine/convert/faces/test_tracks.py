"""A face is followed through the frames of a video, so that it does not flicker."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from curation.vision.alignment import Matrix, Points, Rgb
from tests.training.engine.run_folders import PORTRAITS
from training.engine.convert.faces.finding import FrameFinder
from training.engine.convert.faces.following import grey_copy, is_cut
from training.engine.convert.faces.tracks import Tracker
from training.engine.convert.film.overlap import overlapped
from training.engine.data.finder import SiteFinder

STEP = 6


@pytest.fixture(scope="module")
def bob() -> tuple[Rgb, Points]:
    """A portrait and its landmarks."""
    rgb = np.asarray(Image.open(PORTRAITS / "bob_1.jpg").convert("RGB").resize((240, 300)))
    (landmarks,) = FrameFinder(SiteFinder()).find(0, rgb)
    return rgb, landmarks


def frame(bob: Rgb, number: int) -> Rgb:
    """Bob, who moves to the right."""
    canvas = np.full((320, 480, 3), (60, 90, 70), np.uint8)
    left = 20 + STEP * number
    canvas[10:310, left : left + 240] = bob
    return canvas


def place(landmarks: Points, number: int) -> Matrix:
    return np.asarray(landmarks, np.float64) + np.array([20 + STEP * number, 10])


def follow(
    tracker: Tracker, frames: list[Rgb], detections: dict[int, list[Points]]
) -> list[list[Matrix]]:
    """The faces of every frame; `found` are those that the detector saw, where it looked."""
    before, faces = None, []
    for number, rgb in enumerate(frames):
        grey = grey_copy(rgb)
        cut = before is not None and is_cut(before, grey)
        tracker.add(number, rgb, grey, faces=detections.get(number), is_cut=cut)
        before = grey
        if number >= tracker.delay:
            faces.append(tracker.faces_in(number - tracker.delay))
    tracker.finish()
    rest = range(len(faces), len(frames))
    return faces + [tracker.faces_in(number) for number in rest]


def test_between_two_looks_a_face_is_followed(bob: tuple[Rgb, Points]) -> None:
    rgb, landmarks = bob
    frames = [frame(rgb, number) for number in range(13)]
    detections = {number: [place(landmarks, number)] for number in (0, 4, 8, 12)}
    tracker = Tracker(detect_every=4, bridge=8, smoothing=0)
    for number, faces in enumerate(follow(tracker, frames, detections)):
        (face,) = faces
        assert np.abs(face - place(landmarks, number)).mean() < 1


def test_a_face_missed_for_a_while_is_there_and_one_that_left_is_not(
    bob: tuple[Rgb, Points],
) -> None:
    rgb, landmarks = bob
    frames = [frame(rgb, number) for number in range(12)] + [frame(rgb, 11)] * 12
    seen: dict[int, list[Points]] = {
        number: [place(landmarks, number)] if number < 12 else [] for number in range(24)
    }
    for missed in (4, 5, 6):
        seen[missed] = []
    faces = follow(Tracker(detect_every=1, bridge=5, smoothing=1), frames, seen)
    assert [len(each) for each in faces] == [1] * 12 + [0] * 12
    assert np.abs(faces[5][0] - place(landmarks, 5)).mean() < 1.5


def test_what_is_seen_only_once_is_a_false_alarm(bob: tuple[Rgb, Points]) -> None:
    rgb, landmarks = bob
    frames = [frame(rgb, 0)] * 20
    detections: dict[int, list[Points]] = {number: [] for number in range(20)}
    detections[3] = [place(landmarks, 0)]
    faces = follow(Tracker(detect_every=1, bridge=4, smoothing=0), frames, detections)
    assert sum(len(each) for each in faces) == 0


def test_a_face_does_not_outlive_its_shot(bob: tuple[Rgb, Points]) -> None:
    rgb, landmarks = bob
    other = np.full((320, 480, 3), 230, np.uint8)
    frames = [frame(rgb, 0)] * 6 + [other] * 6
    detections: dict[int, list[Points]] = {
        0: [place(landmarks, 0)],
        3: [place(landmarks, 0)],
        6: [],
    }
    faces = follow(Tracker(detect_every=3, bridge=9, smoothing=1), frames, detections)
    assert [len(each) for each in faces] == [1] * 6 + [0] * 6


def test_smoothing_calms_landmarks_that_shake(bob: tuple[Rgb, Points]) -> None:
    rgb, landmarks = bob
    frames = [frame(rgb, 0)] * 20
    chance = np.random.default_rng(0)
    detections: dict[int, list[Points]] = {
        number: [place(landmarks, 0) + chance.normal(0, 2, (68, 2))] for number in range(20)
    }

    def shaking(smoothing: float) -> float:
        faces = follow(Tracker(detect_every=1, bridge=4, smoothing=smoothing), frames, detections)
        return float(np.std([each[0] for each in faces[3:-3]], axis=0).mean())

    assert shaking(1) < shaking(0) * 0.65


def test_whose_face_it_is_is_decided_once_for_a_track(bob: tuple[Rgb, Points]) -> None:
    rgb, landmarks = bob
    frames = [frame(rgb, number) for number in range(12)]
    detections: dict[int, list[Points]] = {n: [place(landmarks, n)] for n in range(12)}
    # The second look is a blurred one, and the third shows nothing at all.
    answers = iter([0.4, 0.7, None, 0.9, 0.9])

    def ask(rgb: Rgb, landmarks: Points):
        answer = next(answers)
        return lambda: answer

    tracker = Tracker(detect_every=1, bridge=4, smoothing=0, ask=ask)
    assert [len(each) for each in follow(tracker, frames, detections)] == [1] * 12
    answers = iter([0.7, 0.8, 0.5])
    tracker = Tracker(detect_every=1, bridge=4, smoothing=0, ask=ask)
    assert [len(each) for each in follow(tracker, frames, detections)] == [0] * 12


@pytest.mark.slow
def test_no_face_flickers_in_a_film_although_the_detector_misses_some(synthetic: Path) -> None:
    with (synthetic / "video" / "ada_drama.frames.csv").open() as file:
        rows = list(csv.DictReader(file))
    finding, tracker = FrameFinder(SiteFinder()), Tracker(detect_every=3, bridge=12, smoothing=0.7)
    detections: dict[int, list[Points]] = {}
    frames: list[Rgb] = []
    with av.open(str(synthetic / "video" / "ada_drama.mp4")) as film:
        for number, picture in enumerate(film.decode(video=0)):
            frames.append(picture.to_ndarray(format="rgb24"))
            if number % 3 == 0:
                detections[number] = finding.find(number, frames[-1])
    faces = follow(tracker, frames, detections)
    alone = [
        number
        for number, row in enumerate(rows)
        if row["identities"] and ";" not in row["identities"] and row["flag"] != "empty"
    ]
    looked = [number for number in alone if number in detections]
    assert sum(bool(detections[number]) for number in looked) < len(looked)
    assert sum(bool(faces[number]) for number in alone) >= 0.99 * len(alone)


def test_stages_never_run_far_ahead_and_stop_when_they_are_left() -> None:
    made: list[int] = []
    closed = threading.Event()
    threads_before = set(threading.enumerate())

    def numbers() -> Iterator[int]:
        try:
            for number in range(10_000):
                made.append(number)
                yield number
        finally:
            closed.set()

    stage = overlapped((number * 2 for number in overlapped(numbers(), room=3)), room=3)
    taken = []
    for number in stage:
        taken.append(number)
        if len(taken) == 50:
            break
    assert taken == list(range(0, 100, 2))
    assert len(made) <= 50 + 2 * (3 + 2)
    stage.close()  # type: ignore[attr-defined]
    assert closed.wait(5)
    assert set(threading.enumerate()) <= threads_before


def test_what_breaks_in_a_stage_is_told_where_it_is_used() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("here")

    stage = overlapped(overlapped(broken(), room=1), room=1)
    assert next(stage) == 1
    with pytest.raises(ValueError, match="here"):
        next(stage)
