"""The engine can be used alone: two folders of pictures make a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.releases.manifest import decode
from tests.training.engine.run_folders import ROOT, known_landmarks, portraits_of
from tests.training.engine.segmentation_weights import write_onnx
from training.engine.data.segmentation import open_segmenter
from training.engine.run.config import load_config
from training.engine.run.release_folder import open_release
from training.engine.tools.new_run import main

Train = Callable[[Path], int]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Folders of Ada and Bob, 25 pictures each, with names as people give them."""
    for person in ("ada", "bob"):
        (tmp_path / person).mkdir()
        for number, content in enumerate(portraits_of(person, variants=5)):
            (tmp_path / person / f"{person} 图{number}.JPG").write_bytes(content)
    return tmp_path


def new_run(pictures: Path, *more: str) -> int:
    sides = ["--a", str(pictures / "ada"), "--b", str(pictures / "bob")]
    return main([str(pictures / "runs" / "first"), *sides, *more])


def write_landmarks(path: Path, files: list[str], points: NDArray[Any]) -> str:
    np.savez(path, files=np.array(files), lm=points)
    return str(path)


def test_two_folders_make_a_run_with_releases_as_the_site_writes_them(pictures: Path) -> None:
    (pictures / "ada" / "notes.txt").write_text("not a picture")
    (pictures / "ada" / ".DS_Store").write_bytes(b"")
    settings = ["--model", "tiny", "--steps", "7", "--batch-size", "4", "--no-colour"]
    settings += ["--compile", "false", "--losses", '{"mae": 2}']
    assert new_run(pictures, *settings, "--set", "mask=components", "--set", "flip=false") == 0
    run_dir = pictures / "runs" / "first"
    config = load_config(run_dir)
    assert (config.model, config.steps, config.batch_size) == ("tiny", 7, 4)
    assert (config.mask, config.flip, config.colour) == ("components", False, False)
    assert (config.compile, config.losses) == (False, {"mae": 2})
    release = open_release(run_dir, config.a)
    assert release.subject == "ada"
    originals = sorted((pictures / "ada").glob("*.JPG"))
    assert [release.read_image(image) for image in release.images] == [
        path.read_bytes() for path in originals
    ]
    listed = decode((run_dir / "a" / "manifest.jsonl").read_bytes())
    assert [entry.name for entry in listed.entries] == [path.name for path in originals]
    assert (listed.entries[0].width, listed.entries[0].height) == (240, 300)
    assert listed.entries[0].file == f"00001_{originals[0].name}"
    assert sorted(path.name for path in (pictures / "runs").iterdir()) == ["first"]


# Trains where nothing may be imported that finds faces.
WITHOUT_FINDER = """
import sys
from training.engine.tools.new_run import main as new_run

sys.modules["onnxruntime"] = None
if __name__ == "__main__":
    from tests.training.engine.tiny import main as train
    run_dir, *arguments = sys.argv[1:]
    sys.exit(new_run([run_dir, *arguments]) or train([run_dir]))
"""


@pytest.mark.slow
def test_known_landmarks_train_a_model_where_no_faces_can_be_found(pictures: Path) -> None:
    program = pictures / "program.py"
    program.write_text(WITHOUT_FINDER)
    sides = []
    for side, person in (("a", "ada"), ("b", "bob")):
        files = [f"{person}/{path.name}" for path in sorted((pictures / person).iterdir())]
        points = known_landmarks(len(files))
        if side == "b":
            files, points = files[:-1], points[:-1]
        path = write_landmarks(pictures / f"{person}.npz", files, points)
        sides += [f"--{side}", str(pictures / person), f"--landmarks-{side}", path]

    def start(name: str) -> subprocess.CompletedProcess[str]:
        settings = ["--model", "tiny", "--steps", "2", "--batch-size", "2", "--set", "device=cpu"]
        return subprocess.run(
            [sys.executable, str(program), str(pictures / name), *sides, *settings],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            check=False,
            capture_output=True,
            text=True,
        )

    lacking = start("lacking")
    assert lacking.returncode == 2
    assert "needs onnxruntime, which is not installed" in lacking.stderr
    names = [f"bob/{path.name}" for path in sorted((pictures / "bob").iterdir())]
    write_landmarks(pictures / "bob.npz", names, known_landmarks(len(names)))
    complete = start("complete")
    assert complete.returncode == 0, complete.stderr
    about = json.loads((pictures / "complete" / "b" / "faces" / "faces.json").read_text())
    assert len(about["numbers"]) == 25


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--a", "/nowhere"], "/nowhere cannot be read (No such file or directory)"),
        (["--set", "speed=9"], "unknown setting: speed"),
        (["--set", "flip"], "--set needs name=value"),
        (["--eye-weight", "0.5"], "eye_weight must be a number from 1 to 1000, not 0.5"),
        (["--compile", "maybe"], 'compile must be one of "auto", true, false, not "maybe"'),
        (["--set", "a=x"], "Give the pictures of side a with --a FOLDER"),
        (["--batch-size", "0"], "batch_size must be a whole number"),
        (["--batch-size", "0"], "Correct the settings: batch_size"),
        (["--set", "warp=wild"], 'warp must be one of "grid", "landmarks", "none", not "wild"'),
        (["--landmarks-a", "/nowhere.npz"], "The landmarks at /nowhere.npz cannot be read"),
        (["--landmarks-a", __file__], "does not read as landmarks; it must be an .npz of NumPy"),
        (["--model", "huge"], "There is no model 'huge'; choose one of: original, "),
        (["--segmentation", "/nowhere.onnx"], "/nowhere.onnx cannot be read"),
        (["--set", "segmentation=mine.onnx"], "Give the weights' file with --segmentation FILE"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_left(
    pictures: Path, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    assert new_run(pictures, *more) == 2
    assert sentence in capsys.readouterr().err
    assert not (pictures / "runs" / "first").exists()
    runs = pictures / "runs"
    assert not runs.exists() or list(runs.iterdir()) == []


def test_one_folder_cannot_be_both_people(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "also ada").symlink_to(pictures / "ada")
    assert new_run(pictures, "--b", str(pictures / "also ada")) == 2
    assert "a run needs two different people" in capsys.readouterr().err


def test_folders_inside_are_told_not_to_be_profile_kernels(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "ada" / "more").mkdir()
    assert new_run(pictures) == 0
    said = capsys.readouterr().err
    assert f"Folders in {pictures / 'ada'} are not looked into: more." in said
    assert "Side A has 25 pictures." in said


def test_segmentation_weights_are_copied_with_what_they_mean(pictures: Path) -> None:
    weights = write_onnx(pictures / "mine.onnx", np.ones((2, 3), np.float32))
    assert new_run(pictures, "--segmentation", str(weights)) == 0
    run_dir = pictures / "runs" / "first"
    copied = run_dir / str(load_config(run_dir).segmentation)
    assert copied.read_bytes() == weights.read_bytes()
    assert open_segmenter(copied).sha256 == open_segmenter(weights).sha256


@pytest.mark.parametrize("name", ["original64px", "saehd-liae-ud-256", "[1e-09to1;default:5e-05]"])
def test_help_tells_the_models_and_the_other_settings(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert name in "".join(capsys.readouterr().out.split())


def test_too_few_pictures_are_counted(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in sorted((pictures / "bob").iterdir())[:4]:
        path.write_bytes(b"no picture any more")
    assert new_run(pictures) == 2
    said = capsys.readouterr().err
    assert "Only 21 pictures are in" in said
    assert said.count("is left out. This is not a picture") == 4


def test_a_run_that_is_there_is_never_overwritten(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_run(pictures) == 0
    assert new_run(pictures, "--steps", "5") == 2
    assert "is there already" in capsys.readouterr().err
    assert load_config(pictures / "runs" / "first").steps == 100_000


def with_nan(points: NDArray[np.float32]) -> NDArray[Any]:
    points[2, 30, 0] = np.nan
    return points


def huge(points: NDArray[np.float32]) -> NDArray[Any]:
    return points * np.float32(1e9)


def too_few_points(points: NDArray[np.float32]) -> NDArray[Any]:
    return points[:, :51]


def words(points: NDArray[np.float32]) -> NDArray[Any]:
    return points.astype(str)


def python_objects(points: NDArray[np.float32]) -> NDArray[Any]:
    return points.astype(object)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (with_nan, "are no numbers or lie outside of any picture"),
        (huge, "are no numbers or lie outside of any picture"),
        (too_few_points, "must be numbers of the shape (25, 68, 2)"),
        (words, "must be numbers of the shape"),
        (python_objects, "without Python objects"),
    ],
)
def test_landmarks_that_make_no_sense_are_refused(
    pictures: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[NDArray[np.float32]], NDArray[Any]],
    sentence: str,
) -> None:
    files = [path.name for path in (pictures / "ada").iterdir()]
    path = write_landmarks(pictures / "ada.npz", files, spoil(known_landmarks(25)))
    assert new_run(pictures, "--landmarks-a", path) == 2
    assert sentence in capsys.readouterr().err


def test_landmarks_of_other_pictures_are_refused(
    pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_landmarks(pictures / "x.npz", ["1/x.jpg", "2/y.jpg"], known_landmarks(2))
    assert new_run(pictures, "--landmarks-a", path) == 2
    assert "of no picture in" in capsys.readouterr().err
    path = write_landmarks(pictures / "x.npz", ["1/x.jpg", "2/x.jpg"], known_landmarks(2))
    assert new_run(pictures, "--landmarks-a", path) == 2
    assert "one picture's name comes twice" in capsys.readouterr().err
    (pictures / "x.npz").write_bytes(b"no archive")
    assert new_run(pictures, "--landmarks-a", path) == 2
    assert "does not read as landmarks" in capsys.readouterr().err
