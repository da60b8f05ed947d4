"""A trained face is put into pictures and videos, and the result says that it is generated."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.engine.films import (
    RATE,
    STAMPS,
    assert_face_changed_and_label_shown,
    convert,
    crop_to_odd,
    face_box,
    make_long_video,
    make_video,
    note_quarter_turn,
    pixels_of,
    sound_packets,
    stamps_and_frames,
)
from tests.training.engine.run_folders import PORTRAITS, ROOT
from training.engine.provenance import read_credentials


def test_a_picture_is_swapped_labelled_and_signed(
    trained: Path, picture: Path, tmp_path: Path
) -> None:
    target = tmp_path / "new" / "swapped.png"
    assert convert(trained, picture, target) == 0
    assert_face_changed_and_label_shown(pixels_of(picture), pixels_of(target))
    store = read_credentials(target)
    assert store is not None
    assert store["validation_state"] == "Valid"
    assert (trained / "credentials" / "certificate.pem").is_file()


def test_a_picture_of_nobody_passes_unchanged_but_labelled(trained: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "hill.png", tmp_path / "out.png"
    Image.linear_gradient("L").convert("RGB").save(source)
    assert convert(trained, source, target) == 0
    difference = np.abs(pixels_of(source) - pixels_of(target)).max(axis=2)
    assert difference[:200].max() == 0
    assert difference[200:].max() > 60


@pytest.mark.slow
def test_only_faces_like_the_portrait_are_swapped(
    trained: Path, picture: Path, tmp_path: Path
) -> None:
    like_bob, like_ada = tmp_path / "1.png", tmp_path / "2.png"
    bob, ada = PORTRAITS / "bob_2.jpg", PORTRAITS / "ada_1.jpg"
    assert convert(trained, picture, like_bob, "--only-like", str(bob)) == 0
    assert convert(trained, picture, like_ada, "--only-like", str(ada)) == 0
    before = pixels_of(picture)
    place = face_box(before)
    assert np.abs(pixels_of(like_bob) - before)[place].mean() > 8
    assert np.abs(pixels_of(like_ada) - before)[place].max() == 0


@pytest.mark.slow
def test_a_folder_is_converted_but_for_what_is_no_picture(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "图 1.jpg").write_bytes((PORTRAITS / "bob_1.jpg").read_bytes())
    Image.open(picture).save(source / "2.bmp")
    (source / "notes.txt").write_text("hello")
    assert convert(trained, source, target) == 0
    assert sorted(path.name for path in target.iterdir()) == ["2.bmp.png", "图 1.jpg"]
    assert "left out" in capsys.readouterr().err


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
    assert [frame.shape for frame in frames] == [(299, 319, 3)] * len(STAMPS)


@pytest.mark.slow
@pytest.mark.parametrize("others", ["keep", "drop"])
def test_only_the_frames_asked_for_are_converted(
    trained: Path, tmp_path: Path, others: str
) -> None:
    source, target = tmp_path / "film.mp4", tmp_path / "out.mp4"
    make_video(source)
    assert convert(trained, source, target, "--frames", "3-5", "--other-frames", others) == 0
    _, before = stamps_and_frames(source)
    stamps, after = stamps_and_frames(target)
    place = face_box(before[3])
    if others == "drop":
        assert len(after) == 3
        assert stamps == sorted(stamps)
        assert np.abs(after[1] - before[3])[place].mean() > 4
        return
    changed = [np.abs(one - other)[place].mean() for one, other in zip(before, after, strict=True)]
    assert min(changed[2:5]) > 2 * max(changed[:2] + changed[5:])


def test_the_label_stands_where_it_is_wanted(trained: Path, picture: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    wanted = ("--label-position", "upper-right", "--label-size", "6")
    assert convert(trained, picture, target, *wanted) == 0
    difference = np.abs(pixels_of(picture) - pixels_of(target)).max(axis=2)
    assert difference[:40, 140:].max() > 60
    assert difference[-20:, :60].max() == 0


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


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_in_the_middle_it_leaves_nothing(
    trained: Path, tmp_path: Path, how: signal.Signals
) -> None:
    source, target = tmp_path / "film.mp4", tmp_path / "there" / "out.mp4"
    make_long_video(source)
    command = [sys.executable, "-m", "tests.training.engine.tiny_convert"]
    command += ["--checkpoint", str(trained), "--input", str(source), "--output", str(target)]
    process = subprocess.Popen([*command, "--into", "a"], cwd=ROOT, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(target.parent.glob(".*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(target.parent.glob(".*"))
    process.send_signal(how)
    assert process.wait(30) == 130
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("bob.png", "bob.png", "is the input itself"),
        ("bob.png", "link.png", "is the input itself"),
        ("bob.png", "out.tiff", "no video that can be marked; take one of: .mp4, .mov"),
        ("missing.png", "out.png", "There is nothing at"),
        ("text.mp4", "out.mp4", "cannot be converted as a video"),
        ("empty", "out", "There is no readable picture in"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    trained: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    source: str,
    target: str,
    sentence: str,
) -> None:
    folder = tmp_path / "things"
    folder.mkdir()
    Image.new("RGB", (64, 64)).save(folder / "bob.png")
    (folder / "link.png").symlink_to(folder / "bob.png")
    (folder / "text.mp4").write_text("not a film" * 100)
    (folder / "empty").mkdir()
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    assert convert(trained, folder / source, folder / target) == 2
    assert sentence in capsys.readouterr().err
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_portrait_of_nobody_is_refused(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = tmp_path / "nobody.png"
    Image.linear_gradient("L").convert("RGB").save(nobody)
    assert convert(trained, picture, tmp_path / "out.png", "--only-like", str(nobody)) == 2
    assert "No face was found in the portrait" in capsys.readouterr().err
