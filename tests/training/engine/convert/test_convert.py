"""A trained face is put into pictures and videos, and the result says that it is generated."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.training.engine.films import (
    assert_face_changed_and_label_shown,
    convert,
    face_box,
    make_long_video,
    pixels_of,
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
    output = capsys.readouterr().err
    assert "skipped: No face was swapped, so nothing was written: no face was detected" in output
    assert "notes.txt cannot be read as a picture" in output
    assert "图 1.jpg: 1 face\n" in output
    assert convert(trained, source, target) == 0
    assert "图 1.jpg: 1 face, replaced" in capsys.readouterr().err


def test_the_label_stands_where_it_is_wanted(trained: Path, picture: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    wanted = ("--label-position", "upper-right", "--label-size", "6")
    assert convert(trained, picture, target, *wanted) == 0
    difference = np.abs(pixels_of(picture) - pixels_of(target)).max(axis=2)
    assert difference[:40, 140:].max() > 60
    assert difference[-20:, :60].max() == 0


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
    deadline = time.monotonic() + 120
    while not list(target.parent.glob(".*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(target.parent.glob(".*"))
    process.send_signal(how)
    assert process.wait(120) == 130
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
    output = capsys.readouterr().err
    assert f"no face in {picture} matches the one in {ada}" in output
    (distance,) = re.findall(r"The smallest distance is (\d\.\d\d); the threshold is 0\.60", output)
    assert float(distance) > 0.6
    assert not target.exists()
    more = ("--only-like", str(ada), "--same-person", "1.5")
    assert convert(trained, picture, target, *more) == 0


def test_an_output_that_was_there_is_told_to_be_replaced(
    trained: Path, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.png"
    for word in ("written", "replaced"):
        assert convert(trained, picture, target) == 0
        output = capsys.readouterr().err
        assert f"{word}: {target}" in output
        assert "\n1 face\n" in output
        assert "self-signed development certificate" in output


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
