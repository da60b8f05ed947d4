"""A film keeps its time stamps, size and sound, or it is said why it is not converted."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.stories.films import make_noise
from tests.training.engine.films import (
    RATE,
    STAMPS,
    assert_face_changed_and_label_shown,
    convert,
    crop_to_odd,
    make_long_video,
    make_video,
    note_quarter_turn,
    sound_packets,
    stamps_and_frames,
)
from training.engine.credentials.provenance import read_credentials


@pytest.mark.slow
def test_a_video_keeps_its_frames_time_stamps_size_and_sound(trained: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "film.mp4", tmp_path / "swapped.mp4"
    make_video(source)
    assert convert(trained, source, target) == 0

    stamps, before = stamps_and_frames(source)
    new_stamps, after = stamps_and_frames(target)
    assert stamps == [Fraction(stamp, RATE) for stamp in STAMPS]
    assert new_stamps == stamps
    assert sound_packets(target) == sound_packets(source)
    assert len(sound_packets(source)) > 10
    for place in (0, len(before) - 1):
        assert_face_changed_and_label_shown(before[place], after[place])
    store = read_credentials(target)
    assert store is not None
    assert store["validation_state"] == "Valid"


@pytest.mark.slow
def test_a_video_filmed_sideways_comes_out_upright(trained: Path, tmp_path: Path) -> None:
    upright, sideways, target = (tmp_path / f"{name}.mp4" for name in ("up", "side", "out"))
    make_video(upright)
    make_video(sideways, sideways=True)
    note_quarter_turn(sideways)
    assert convert(trained, sideways, target) == 0
    _, before = stamps_and_frames(upright)
    _, after = stamps_and_frames(target)
    assert_face_changed_and_label_shown(before[0], after[0])


@pytest.mark.slow
def test_a_silent_video_with_an_odd_side_is_converted_too(trained: Path, tmp_path: Path) -> None:
    even, odd, target = (tmp_path / f"{name}.mp4" for name in ("even", "odd", "out"))
    make_video(even, sound=False)
    crop_to_odd(even, odd)
    assert convert(trained, odd, target) == 0
    _, frames = stamps_and_frames(target)
    assert [frame.shape for frame in frames] == [(300, 320, 3)] * len(STAMPS)
    with av.open(str(target)) as film:
        assert film.streams.video[0].codec_context.pix_fmt == "yuv420p"


@pytest.mark.slow
def test_a_video_that_breaks_off_is_refused_and_told_where(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, source, target = (tmp_path / f"{name}.mp4" for name in ("whole", "cut", "out"))
    make_long_video(whole)
    content = whole.read_bytes()
    source.write_bytes(content[: len(content) * 2 // 3])
    assert convert(trained, source, target) == 2
    assert "breaks off after frame" in capsys.readouterr().err
    assert not list(tmp_path.glob("*out*")) + list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--frames", "900-"), "has 8 frames, so --frames 900- selects none of them"),
        (("--frames", "2-3"), "no face was detected in the selected frames of"),
        ((), "--detect-every 1"),
    ],
)
@pytest.mark.parametrize("container", ["mp4", "mkv"])
def test_a_film_in_which_nobody_is_swapped_is_not_written(
    trained: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    sentence: str,
    container: str,
) -> None:
    source = tmp_path / f"hills.{container}"
    with av.open(str(source), "w") as film:
        pictures = film.add_stream("libx264", rate=RATE)
        pictures.width, pictures.height, pictures.pix_fmt = 256, 256, "yuv420p"
        for _ in range(8):
            hill = Image.linear_gradient("L").convert("RGB")
            film.mux(pictures.encode(av.VideoFrame.from_image(hill)))
        film.mux(pictures.encode(None))
    assert convert(trained, source, tmp_path / "there" / "out.mp4", *flags) == 2
    assert sentence in capsys.readouterr().err
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.slow
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
        output = capsys.readouterr().err
        assert sentence in output
        assert list(folder.iterdir()) == []
