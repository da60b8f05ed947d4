"""Sound that players do not play in the result's container is encoded anew, and stays in time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.stories.films import scene, write_film
from tests.training.engine.films import rewrite


def sound_of(path: Path) -> tuple[str, np.ndarray, float]:
    """The codec, the samples, and when the first is heard."""
    with av.open(str(path)) as film:
        track = film.streams.audio[0]
        frames = list(film.decode(track))
        samples = np.concatenate([frame.to_ndarray().mean(axis=0) for frame in frames])
        return (
            track.codec_context.codec.canonical_name,
            samples,
            float(frames[0].pts * frames[0].time_base),
        )


@pytest.mark.parametrize("target", ["film.mp4", "film.mov"])
@pytest.mark.parametrize(
    ("name", "codec", "into"),
    [
        ("tape.avi", "pcm_u8", {"aac"}),
        ("tape.mov", "adpcm_ima_qt", {"aac"}),
        ("tape.mkv", "pcm_f32le", {"aac"}),
        ("tape.mkv", "pcm_s16le", {"aac", "pcm_s16le"}),
        ("tape.mkv", "libmp3lame", {"mp3"}),
        ("tape.ts", "mp2", {"aac"}),
        ("tape.ts", "aac", {"aac"}),
    ],
)
def test_whatever_the_sound_is_the_film_gets_it(
    tmp_path: Path, name: str, codec: str, into: set[str], target: str
) -> None:
    source, result = tmp_path / name, tmp_path / target
    write_film(source, [scene(number) for number in range(25)], sound=codec)
    rewrite(source, result)
    kind, samples, begun = sound_of(result)
    assert kind in into
    assert begun == pytest.approx(0, abs=0.1)
    assert len(samples) / 22050 == pytest.approx(1, abs=0.15)
    # A tone of 22050 / (2 pi 8) Hz stays that tone.
    middle = samples[4096:12288] * np.hanning(8192)
    loudest = np.argmax(np.abs(np.fft.rfft(middle))) * 22050 / 8192
    assert loudest == pytest.approx(22050 / (2 * np.pi * 8), abs=6)


def test_where_frames_are_dropped_sound_encoded_anew_moves_up_with_them(tmp_path: Path) -> None:
    source, result = tmp_path / "tape.avi", tmp_path / "film.mp4"
    write_film(source, [scene(number) for number in range(50)], sound="pcm_u8")
    rewrite(source, result, frames="1-10,41-50", other_frames="drop")
    _, samples, _ = sound_of(result)
    assert len(samples) / 22050 == pytest.approx(20 / 25, abs=0.15)


def test_a_film_with_odd_sides_plays_on_phones(tmp_path: Path) -> None:
    source, result = tmp_path / "odd.mkv", tmp_path / "film.mp4"
    pictures = [scene(number, width=161, height=91) for number in range(5)]
    write_film(source, pictures, pixels="yuv444p")
    rewrite(source, result, film={"crf": 5})
    with av.open(str(result)) as film:
        context = film.streams.video[0].codec_context
        assert (context.width, context.height, context.pix_fmt) == (162, 92, "yuv420p")
        frame = next(film.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert np.abs(frame[:91, :161] - pictures[0]).mean() < 6
    assert np.abs(frame[:, 161] - frame[:, 160]).mean() < 6


@pytest.mark.slow
def test_high_dynamic_range_comes_out_as_an_ordinary_film(tmp_path: Path) -> None:
    source, result = tmp_path / "hdr.mp4", tmp_path / "film.mp4"
    grey = [np.full((96, 160, 3), 120, np.uint8)] * 3
    write_film(source, grey, pixels="yuv420p10le", colours=(9, 9, 16))
    rewrite(source, result)
    with av.open(str(result)) as film:
        context = film.streams.video[0].codec_context
        told = context.colorspace, context.color_primaries, context.color_trc
        assert tuple(int(each) for each in told) == (1, 1, 1)
        assert context.pix_fmt == "yuv420p"


def test_a_recording_that_began_its_clock_hours_before_is_as_long_as_it_is(tmp_path: Path) -> None:
    source, result = tmp_path / "late.ts", tmp_path / "film.mp4"
    write_film(source, [scene(1)] * 12, sound="aac", container={"output_ts_offset": "36000"})
    rewrite(source, result)
    with av.open(str(result)) as film:
        assert film.duration / 1_000_000 == pytest.approx(0.48, abs=0.15)
        stamps = [frame.pts * frame.time_base for frame in film.decode(video=0)]
    assert stamps[0] < Fraction(1, 10)


def test_a_film_joined_of_two_recordings_is_written_whole(tmp_path: Path) -> None:
    first, second, joined = (tmp_path / f"{name}.ts" for name in ("first", "second", "joined"))
    for part, seed in ((first, 1), (second, 2)):
        write_film(part, [scene(seed)] * 15, sound="aac")
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    result = tmp_path / "film.mp4"
    rewrite(joined, result)
    with av.open(str(result)) as film:
        assert film.duration / 1_000_000 == pytest.approx(1.2, abs=0.2)
        assert len(list(film.decode(video=0))) == 30
