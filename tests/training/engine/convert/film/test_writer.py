"""What kind of video ever comes, its colours, its way up and its memory are kept; or it is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.training.engine.films import rewrite

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
    middles, start = [], 0
    for high, wide in sizes:
        plane = flat[start : start + high * wide].reshape(high, wide)
        step = wide // len(COLOURS)
        middles.append(plane[high // 4, step // 2 :: step])
        start += high * wide
    return np.stack(middles, axis=1).astype(int)


def film_colours(path: Path, *, matrix: int, reach: int, noted: bool, height: int) -> None:
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
        if noted:
            context.color_range, context.colorspace = reach, matrix
            context.color_primaries = context.color_trc = matrix
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(pixels, format="yuv420p")
            if noted:
                frame.color_range, frame.colorspace = reach, matrix
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode(None))


def seen(path: Path) -> tuple[tuple[int, ...], np.ndarray]:
    """What a film tells of its colours, and what is coded in it."""
    with av.open(str(path)) as film:
        context = film.streams.video[0].codec_context
        frame = next(film.decode(video=0))
        noted = (
            context.colorspace,
            context.color_range,
            context.color_primaries,
            context.color_trc,
        )
        return tuple(int(each) for each in noted), planes_of(frame)


@pytest.mark.parametrize(
    ("matrix", "reach", "noted", "height"),
    [
        (BT709, LIMITED, "noted", 144),
        (BT601, LIMITED, "noted", 144),
        (BT709, FULL, "noted", 144),
        (BT601, FULL, "noted", 144),
        (BT601, LIMITED, "not noted", 144),
        (BT709, LIMITED, "not noted", 720),
    ],
)
def test_colours_stay_and_are_told_as_they_were(
    tmp_path: Path, matrix: int, reach: int, noted: str, height: int
) -> None:
    source, target = tmp_path / "in.mp4", tmp_path / "out.mp4"
    film_colours(source, matrix=matrix, reach=reach, noted=noted == "noted", height=height)
    rewrite(source, target, film={"crf": 1})
    (before, coded_before), (after, coded_after) = seen(source), seen(target)
    assert np.abs(coded_before - coded(matrix, reach)).max() <= 1
    assert after == before
    assert before[0] == (matrix if noted == "noted" else UNKNOWN)
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
