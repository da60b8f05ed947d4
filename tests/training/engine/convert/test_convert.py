"""A trained face is put into pictures and videos, and the result says that it is generated."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
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
from training.engine.credentials.provenance import read_credentials


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
    (claims,) = (
        assertion["data"]
        for assertion in store["manifests"][store["active_manifest"]]["assertions"]
        if assertion["label"] == "org.winnow.conversion"
    )
    assert claims["run"] == trained.name


@pytest.mark.slow
def test_only_faces_like_the_portrait_are_swapped(
    trained: Path, picture: Path, tmp_path: Path
) -> None:
    both, target = tmp_path / "both.png", tmp_path / "out.png"
    ada, bob = Image.open(PORTRAITS / "ada_1.jpg").resize((240, 300)), Image.open(picture)
    canvas = Image.new("RGB", (480, 300))
    canvas.paste(bob, (0, 0))
    canvas.paste(ada, (240, 0))
    canvas.save(both)
    assert convert(trained, both, target, "--only-like", str(PORTRAITS / "bob_2.jpg")) == 0
    changed = np.abs(pixels_of(target) - pixels_of(both))
    assert changed[:, :240][face_box(pixels_of(picture))].mean() > 8
    assert changed[:, 240:].max() == 0


@pytest.mark.slow
def test_a_folder_is_converted_but_for_what_is_no_picture(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "图 1.jpg").write_bytes((PORTRAITS / "bob_1.jpg").read_bytes())
    Image.open(picture).save(source / "2.bmp")
    (source / "notes.txt").write_text("hello")
    Image.linear_gradient("L").convert("RGB").save(source / "hill.png")
    assert convert(trained, source, target) == 0
    assert sorted(path.name for path in target.iterdir()) == ["2.bmp.png", "图 1.jpg"]
    told = capsys.readouterr().err
    assert "skipped: No face was swapped, so nothing was written: no face was detected" in told
    assert "notes.txt cannot be read as a picture" in told
    assert "图 1.jpg: 1 face\n" in told
    assert convert(trained, source, target) == 0
    assert "图 1.jpg: 1 face, replaced" in capsys.readouterr().err


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
        # The sound of those frames, as it was, and no other.
        all_sound, kept = ([each for _, each in sound_packets(path)] for path in (source, target))
        first = all_sound.index(kept[0])
        assert all_sound[first : first + len(kept)] == kept
        assert 0 < first < first + len(kept) < len(all_sound)
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
        ("bob.png", "empty.png", "empty.png is a folder; give the name of a file"),
        ("bob.png", "out.bmp", "out.bmp has a format that cannot be marked"),
        ("bob.png", "out.bmp", ".jpg, .jpeg, .png, .webp for a picture, or .mp4, .mov for a video"),
        ("missing.png", "out.png", "There is nothing at"),
        ("text.png", "out.png", "text.png cannot be read as a picture"),
        ("text.mp4", "out.png", "text.mp4 is a video, so it cannot become the picture"),
        ("text.mp4", "out.mp4", "as a video: Invalid data found when processing input. Download"),
        ("empty", "out", "There is no readable picture in"),
        ("empty", "bob.png", "bob.png is a file; the output of a folder must be a folder"),
        ("bob.png", "out.png", "no face was detected in"),
        ("hills", "out", "No face was swapped in"),
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
    for name in ("text.mp4", "text.png"):
        (folder / name).write_text("not a film" * 100)
    for name in ("empty", "empty.png"):
        (folder / name).mkdir()
    (folder / "hills").mkdir()
    Image.linear_gradient("L").convert("RGB").save(folder / "hills" / "hill.png")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

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
    assert "No face was detected in the portrait" in capsys.readouterr().err


def test_where_nobody_is_like_the_portrait_it_is_told_how_far_they_are(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing would be new in the output, so it would not be true that it is generated."""
    target, ada = tmp_path / "out.png", PORTRAITS / "ada_1.jpg"
    assert convert(trained, picture, target, "--only-like", str(ada)) == 2
    told = capsys.readouterr().err
    assert f"no face in {picture} matches the one in {ada}" in told
    (distance,) = re.findall(r"The smallest distance is (\d\.\d\d); the threshold is 0\.60", told)
    assert float(distance) > 0.6
    assert not target.exists()
    more = ("--only-like", str(ada), "--same-person", "1.5")
    assert convert(trained, picture, target, *more) == 0


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


def test_an_output_that_was_there_is_told_to_be_replaced(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.png"
    for word in ("written", "replaced"):
        assert convert(trained, picture, target) == 0
        told = capsys.readouterr().err
        assert f"{word}: {target}" in told
        assert "\n1 face\n" in told
        assert "self-signed development certificate" in told


@pytest.mark.parametrize(
    "name",
    [
        *("nowhere", "nowhere.safetensors", "things"),
        *("run/checkpoints", "run/checkpoints/last.json", "run/config.json"),
    ],
)
def test_where_no_checkpoint_and_no_run_is_it_is_said(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "things").mkdir()
    assert trained == tmp_path / "run"
    assert convert(tmp_path / name, picture, tmp_path / "out.png") == 2
    assert f"There is neither a checkpoint nor a run at {tmp_path / name};" in (
        capsys.readouterr().err
    )


def test_credentials_that_somebody_named_are_never_made(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, misspelt = tmp_path / "out.png", tmp_path / "credentails"
    assert convert(trained, picture, target, "--credentials", str(misspelt)) == 2
    assert f"in {misspelt}. Correct --credentials" in capsys.readouterr().err
    assert not misspelt.exists()
    assert not target.exists()
