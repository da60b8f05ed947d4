"""What kind of video ever comes, its colours, its way up and its memory are kept; or it is told."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.training.engine.films import convert, make_long_video, rewrite, stamps_and_frames
from tests.training.engine.run_folders import ROOT

pytestmark = pytest.mark.slow
COLOURS = np.array(
    [(200, 40, 40), (40, 180, 60), (30, 60, 210), (220, 200, 40), (20, 20, 20), (200, 140, 110)]
)
BT709, BT601, UNKNOWN = 1, 6, 2
LIMITED, FULL = 1, 2
SHARES = {BT709: (0.2126, 0.0722), BT601: (0.299, 0.114)}
"""How much red and blue count for in brightness."""
FIELD = 64


def coded(matrix: int, reach: int) -> np.ndarray:
    """The colours as brightness and two differences, as the standards define them."""
    red, blue = SHARES[matrix]
    shares = COLOURS / 255
    bright = shares @ [red, 1 - red - blue, blue]
    differences = [
        (shares[:, 2] - bright) / (2 - 2 * blue),
        (shares[:, 0] - bright) / (2 - 2 * red),
    ]
    if reach == FULL:
        return np.round(np.stack([bright * 255, *(128 + 255 * each for each in differences)], 1))
    return np.round(np.stack([16 + 219 * bright, *(128 + 224 * each for each in differences)], 1))


def planes_of(frame: av.VideoFrame) -> np.ndarray:
    """The coded colour in the middle of each field, in the upper half."""
    height, width = frame.height, frame.width
    flat = frame.to_ndarray().ravel()
    sizes = [(height, width), (height // 2, width // 2), (height // 2, width // 2)]
    found, start = [], 0
    for high, wide in sizes:
        plane = flat[start : start + high * wide].reshape(high, wide)
        step = wide // len(COLOURS)
        found.append(plane[high // 4, step // 2 :: step])
        start += high * wide
    return np.stack(found, axis=1).astype(int)


def film_colours(path: Path, *, matrix: int, reach: int, told: str, height: int) -> None:
    width = FIELD * len(COLOURS)
    parts = coded(matrix, reach).astype(np.uint8).T
    planes = [
        np.repeat(part, FIELD // step)[None].repeat(height // step, axis=0).ravel()
        for part, step in zip(parts, (1, 2, 2), strict=True)
    ]
    pixels = np.concatenate(planes).reshape(height * 3 // 2, width)
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("libx264", rate=10, options={"crf": "1"})
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        context = pictures.codec_context
        if told:
            context.color_range, context.colorspace = reach, matrix
            context.color_primaries = context.color_trc = matrix
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
            if told:
                frame.color_range, frame.colorspace = reach, matrix
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode(None))


def seen(path: Path) -> tuple[tuple[int, ...], np.ndarray]:
    """What a film tells of its colours, and what is coded in it."""
    with av.open(str(path)) as film:
        context = film.streams.video[0].codec_context
        frame = next(film.decode(video=0))
        told = (context.colorspace, context.color_range, context.color_primaries, context.color_trc)
        return tuple(int(each) for each in told), planes_of(frame)


@pytest.mark.parametrize(
    ("matrix", "reach", "told", "height"),
    [
        (BT709, LIMITED, "told", 144),
        (BT601, LIMITED, "told", 144),
        (BT709, FULL, "told", 144),
        (BT601, FULL, "told", 144),
        (BT601, LIMITED, "untold", 144),
        (BT709, LIMITED, "untold", 720),
    ],
)
def test_colours_stay_and_are_told_as_they_were(
    tmp_path: Path, matrix: int, reach: int, told: str, height: int
) -> None:
    source, target = tmp_path / "in.mp4", tmp_path / "out.mp4"
    film_colours(source, matrix=matrix, reach=reach, told=told == "told", height=height)
    rewrite(source, target, film={"crf": 1})
    (before, coded_before), (after, coded_after) = seen(source), seen(target)
    assert np.abs(coded_before - coded(matrix, reach)).max() <= 1
    assert after == before
    assert before[0] == (matrix if told == "told" else UNKNOWN)
    assert np.abs(coded_after - coded_before).max() <= 2


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_whichever_way_a_phone_was_held_the_picture_comes_out_upright(
    tmp_path: Path, degrees: int
) -> None:
    source, target = tmp_path / "in.mp4", tmp_path / "out.mp4"
    upright = np.zeros((96, 160, 3), np.uint8)
    upright[:24, 80:] = (220, 30, 30)
    held = np.ascontiguousarray(np.rot90(upright, -degrees // 90))
    with av.open(str(source), "w") as film:
        pictures = film.add_stream("libx264", rate=10, options={"crf": "5"})
        pictures.height, pictures.width = held.shape[:2]
        pictures.pix_fmt = "yuv420p"
        pictures.codec_context.sample_aspect_ratio = Fraction(4, 3)
        pictures.set_display_rotation(degrees)
        for _ in range(3):
            film.mux(pictures.encode(av.VideoFrame.from_ndarray(held, format="rgb24")))
        film.mux(pictures.encode(None))
    rewrite(source, target)
    with av.open(str(target)) as film:
        frame = next(film.decode(video=0))
        shape = film.streams.video[0].sample_aspect_ratio
    assert frame.rotation == 0
    assert shape == (Fraction(4, 3) if degrees == 180 else Fraction(3, 4))
    shown = frame.to_ndarray(format="rgb24").astype(int)
    assert shown.shape == upright.shape
    assert np.abs(shown - upright)[:60].mean() < 4


def make_noise(path: Path, *, frames: int = 100, **options: Any) -> None:
    chance = np.random.default_rng(0)
    with av.open(str(path), "w", **options) as film:
        pictures = film.add_stream("libx264", rate=25, options={"g": "10"})
        pictures.width, pictures.height, pictures.pix_fmt = 160, 120, "yuv420p"
        for _ in range(frames):
            pixels = chance.integers(0, 255, (120, 160, 3), dtype=np.uint8)
            film.mux(pictures.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        film.mux(pictures.encode(None))


def test_a_film_that_counts_no_frames_and_breaks_off_is_converted_as_far_as_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, cut = tmp_path / "whole.mkv", tmp_path / "cut.mkv"
    make_noise(whole)
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    rewrite(whole, tmp_path / "1.mp4")
    assert "though it should last" not in capsys.readouterr().err
    rewrite(cut, tmp_path / "2.mp4")
    assert "though it should last 4.00 s" in capsys.readouterr().err
    assert 30 < len(stamps_and_frames(tmp_path / "2.mp4")[0]) < 60


def test_a_film_whose_index_is_missing_and_one_without_pictures_are_refused(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, empty, heard = (tmp_path / f"{name}.mp4" for name in ("cut", "empty", "heard"))
    make_noise(cut)
    cut.write_bytes(cut.read_bytes()[:-4000])
    make_noise(empty, frames=0)
    with av.open(str(heard), "w") as film:
        tone = film.add_stream("aac", rate=16000, layout="mono")
        silence = av.AudioFrame.from_ndarray(
            np.zeros((1, 16000), np.float32), format="fltp", layout="mono"
        )
        silence.sample_rate, silence.pts = 16000, 0
        film.mux(tone.encode(silence))
        film.mux(tone.encode(None))
    folder = tmp_path / "out"
    for source, sentence in (
        (cut, "Download it again if it is truncated"),
        (empty, "empty.mp4"),
        (heard, "There is no picture track in"),
    ):
        assert convert(trained, source, folder / "film.mp4") == 2
        told = capsys.readouterr().err
        assert sentence in told
        assert list(folder.iterdir()) == []


MEASURED = """
import re, sys, torch
from pathlib import Path
from tests.training.engine import tiny
from training.engine.convert.__main__ import main
torch.set_num_threads(1)
assert main(sys.argv[1:]) == 0
# Not getrusage, which counts what the parent held when it made this process.
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak(trained: Path, source: Path, target: Path) -> float:
    """The most memory a conversion takes, in MB; small batches, so that it soon is at its most."""
    given = ["--checkpoint", str(trained), "--input", str(source), "--output", str(target)]
    given += ["--into", "a", "--detect-every", "10", "--batch", "2", "--workers", "1"]
    command = [sys.executable, "-c", MEASURED, *given, "--preset", "ultrafast"]
    # What the allocator of each thread holds back depends on chance.
    alone = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def test_a_film_five_times_as_long_takes_no_more_memory(trained: Path, tmp_path: Path) -> None:
    peaks = []
    for frames in (240, 1200):
        source = tmp_path / f"{frames}.mp4"
        make_long_video(source, frames=frames)
        peaks.append(peak(trained, source, tmp_path / f"out{frames}.mp4"))
    # The allocator's own ups and downs are up to 15: a leak of 27 kB a frame would be seen.
    assert peaks[1] - peaks[0] < 26
