"""When frames are dropped, the sound of those that are kept stays with them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.training.engine.films import rewrite, sound_packets, stamps_and_frames

pytestmark = pytest.mark.slow
HEARD = 48_000
TONES = (500, 1500, 3000, 6000)
"""In Hz, for a second each."""
PACKET = 1024 / HEARD
Spans = dict[int, tuple[float, float]]


@pytest.fixture
def four_seconds(tmp_path: Path) -> Path:
    """Forty frames, each a little lighter, of uneven length within each second; four tones."""
    path = tmp_path / "tones.mp4"
    moments = np.arange(4 * HEARD)
    pitch = np.array(TONES)[moments // HEARD]
    wave = (np.sin(2 * np.pi * pitch * moments / HEARD) / 3).astype(np.float32)
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("libx264", rate=10, options={"crf": "10"})
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        pictures.codec_context.time_base = Fraction(1, 100)
        tone = film.add_stream("aac", rate=HEARD, layout="mono")
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(
                np.full((48, 64, 3), 10 + 5 * number, np.uint8), format="rgb24"
            )
            uneven = 3 * (number % 10 % 2)
            frame.pts, frame.time_base = 10 * number + uneven, Fraction(1, 100)
            film.mux(pictures.encode(frame))
        heard = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        heard.sample_rate, heard.pts = HEARD, 0
        film.mux(tone.encode(heard))
        film.mux(tone.encode(None))
        film.mux(pictures.encode(None))
    return path


def loudness(path: Path, *, hertz: int) -> tuple[np.ndarray, np.ndarray]:
    """How loud a tone is at each 5 ms of a film, and the moments in seconds."""
    with av.open(str(path)) as film:
        heard = [(float(each.pts * each.time_base), each) for each in film.decode(audio=0)]
    samples = np.zeros(int((heard[-1][0] + 1) * HEARD), np.float32)
    for start, each in heard:
        first = round(start * HEARD)
        values = each.to_ndarray()[0]
        skipped = max(0, -first)
        samples[first + skipped : first + len(values)] = values[skipped:]
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / HEARD)
    window = HEARD // 100
    level = np.abs(np.convolve(samples * turn, np.ones(window) / window, mode="same"))
    every = np.arange(0, len(level), HEARD // 200)
    return level[every], every / HEARD


def span(path: Path, *, hertz: int) -> tuple[float, float]:
    """From when until when a tone is heard."""
    level, moments = loudness(path, hertz=hertz)
    heard = moments[level > 0.08]
    return (float(heard[0]), float(heard[-1])) if len(heard) else (0.0, 0.0)


@pytest.mark.parametrize(
    ("ranges", "spans"),
    [
        ("11-20,31-40", {1500: (0, 1), 6000: (1, 2)}),
        ("1-10,21-30", {500: (0, 1), 3000: (1, 2)}),
        # Frames 6, 16 and 26 come at 0.53, 1.53 and 2.53 s.
        ("1-5,16-25", {500: (0, 0.53), 1500: (0.53, 1), 3000: (1, 1.53)}),
    ],
)
def test_each_kept_second_sounds_as_it_did(
    tmp_path: Path,
    four_seconds: Path,
    ranges: str,
    spans: Spans,
) -> None:
    target = tmp_path / "out.mp4"
    rewrite(four_seconds, target, frames=ranges, other_frames="drop")
    stamps, _ = stamps_and_frames(target)
    begin = float(stamps[0])
    for hertz in TONES:
        if hertz not in spans:
            level, _ = loudness(target, hertz=hertz)
            assert (level > 0.08).mean() < 0.02
            continue
        first, last = (moment - begin for moment in span(target, hertz=hertz))
        assert first == pytest.approx(spans[hertz][0], abs=0.03)
        assert last == pytest.approx(spans[hertz][1], abs=0.03)
    moments = [moment for moment, _ in sound_packets(target)]
    assert (np.diff(np.array(moments, float)) > 0.9 * PACKET).all()
    kept = {content for _, content in sound_packets(four_seconds)}
    assert {content for _, content in sound_packets(target)} <= kept


def test_kept_frames_follow_on_without_a_gap(tmp_path: Path, four_seconds: Path) -> None:
    target = tmp_path / "out.mp4"
    rewrite(four_seconds, target, frames="3-4,9-10,12", other_frames="drop")
    stamps, _ = stamps_and_frames(target)
    # Frames 5 to 8 and 11 go with their time: what follows begins when they would have.
    assert [stamp - stamps[0] for stamp in stamps] == [
        Fraction(hundredths, 100) for hundredths in (0, 13, 20, 33, 40)
    ]


def test_where_nothing_is_dropped_every_packet_stays(tmp_path: Path, four_seconds: Path) -> None:
    target = tmp_path / "out.mp4"
    rewrite(four_seconds, target, frames="5-")
    assert sound_packets(target) == sound_packets(four_seconds)
