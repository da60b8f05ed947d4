"""Films are read frame by frame, upright and in time, with their sound; or it is said where not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from curation.vision.video.picture import colour_matrix
from curation.vision.video.reader import VideoReader, VideoUnreadable
from tests.stories.films import make_noise

BT709, BT601 = 1, 5
STAMPS = [2, 3, 4, 6, 7, 8, 11, 12]
"""Late and not evenly spaced, as phones film."""


def write_film(path: Path, pixels: np.ndarray, *, rotation: int = 0, sound: bool = False) -> None:
    """Eight frames of one picture at ten a second, where wanted with a second of silence."""
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("libx264", rate=10, options={"crf": "5"})
        pictures.height, pictures.width = pixels.shape[:2]
        pictures.pix_fmt = "yuv420p"
        pictures.codec_context.time_base = Fraction(1, 10)
        if rotation:
            pictures.set_display_rotation(rotation)
        heard = film.add_stream("aac", rate=16000, layout="mono") if sound else None
        for stamp in STAMPS:
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, 10)
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode(None))
        if heard:
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 16000), np.float32), format="fltp", layout="mono"
            )
            silence.sample_rate, silence.pts = 16000, 0
            film.mux(heard.encode(silence))
            film.mux(heard.encode(None))


def test_every_frame_is_read_at_the_time_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_film(path, np.full((96, 160, 3), 90, np.uint8))
    with av.open(str(path)) as film:
        reader = VideoReader(film, "film.mp4")
        frames = [(frame.number, frame.stamp * reader.time_base) for frame in reader.frames()]
    assert frames == [(number, Fraction(at, 10)) for number, at in enumerate(STAMPS, start=1)]


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_whichever_way_it_was_held_the_frame_stands_upright(tmp_path: Path, degrees: int) -> None:
    path = tmp_path / "film.mp4"
    upright = np.zeros((96, 160, 3), np.uint8)
    upright[:24, 80:] = (220, 30, 30)
    held = np.ascontiguousarray(np.rot90(upright, -degrees // 90))
    write_film(path, held, rotation=degrees)
    with av.open(str(path)) as film:
        frame = next(VideoReader(film, "film.mp4").frames())
    assert frame.rgb.shape == upright.shape
    assert frame.rgb.flags.writeable
    assert np.abs(frame.rgb.astype(int) - upright).mean() < 4


def test_no_sound_is_lost_between_the_frames(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_film(path, np.full((96, 160, 3), 90, np.uint8), sound=True)
    with av.open(str(path)) as film:
        whole = [bytes(packet) for packet in film.demux(audio=0) if packet.dts is not None]
    with av.open(str(path)) as film:
        reader = VideoReader(film, "film.mp4")
        on_the_way = [bytes(packet) for frame in reader.frames() for packet in frame.sound]
        after = [bytes(packet) for packet in reader.left_over]
    assert len(whole) > 10
    assert on_the_way + after == whole


@pytest.mark.parametrize(("height", "matrix"), [(718, BT601), (720, BT709)])
def test_colours_that_say_nothing_of_themselves_are_taken_by_the_height(
    height: int, matrix: int
) -> None:
    assert colour_matrix(av.VideoFrame(64, height, "yuv420p")) == matrix


@pytest.mark.slow
def test_a_film_that_counts_no_frames_and_breaks_off_is_read_as_far_as_it_goes(
    tmp_path: Path,
) -> None:
    whole, cut = tmp_path / "whole.mkv", tmp_path / "cut.mkv"
    make_noise(whole)
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    warnings: list[str] = []
    with av.open(str(whole)) as film:
        assert len(list(VideoReader(film, "whole", warn=warnings.append).frames())) == 100
    assert warnings == []
    with av.open(str(cut)) as film:
        assert 30 < len(list(VideoReader(film, "cut", warn=warnings.append).frames())) < 60
    [warning] = warnings
    assert "though it should last 4.00 s" in warning


@pytest.mark.slow
def test_a_film_that_counts_its_frames_and_breaks_off_says_where(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.mp4", tmp_path / "cut.mp4"
    make_noise(whole, options={"movflags": "faststart"})
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) * 2 // 3])
    with av.open(str(cut)) as film, pytest.raises(VideoUnreadable, match="breaks off") as refused:
        list(VideoReader(film, "cut").frames())
    assert 40 < refused.value.context["frame"] < 90
    assert refused.value.context["seconds"] == pytest.approx(
        (refused.value.context["frame"] - 1) / 25, abs=0.2
    )
