"""A command whose output has no place says so in a sentence, before the work, and ends with 2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.training.engine.run_folders import portraits_of
from tests.training.engine.saved import make_state, save_last
from training.engine.convert.__main__ import main as convert
from training.engine.evaluate.__main__ import main as evaluate
from training.engine.run.commands import main as command
from training.engine.run.config import CONFIG_FILE
from training.engine.run.folder import COMMANDS
from training.engine.tools.new_run import main as new_run
from training.engine.tools.timelapse import main as timelapse

Command = Callable[[Path, Path], int]


def making_a_run(given: Path, target: Path) -> int:
    return new_run([str(target), "--a", str(given / "ada"), "--b", str(given / "bob")])


def converting_a_picture(given: Path, target: Path) -> int:
    source, output = given / "ada" / "0.jpg", target.with_suffix(".png")
    return convert([*checkpoint_in(given), "--input", str(source), "--output", str(output)])


def converting_a_folder(given: Path, target: Path) -> int:
    source = given / "ada"
    return convert([*checkpoint_in(given), "--input", str(source), "--output", str(target)])


def checkpoint_in(given: Path) -> list[str]:
    return ["--into", "a", "--checkpoint", str(given)]


def making_a_timelapse(given: Path, target: Path) -> int:
    return timelapse([str(given), str(target.with_suffix(".mp4"))])


def evaluating(given: Path, target: Path) -> int:
    return evaluate(["--checkpoint", str(given), "--truth", str(given), "--output", str(target)])


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """Pictures of two people, and a run with a checkpoint and a timelapse."""
    folder = tmp_path / "given"
    for person in ("ada", "bob"):
        (folder / person).mkdir(parents=True)
        for number, content in enumerate(portraits_of(person, variants=5)):
            (folder / person / f"{number}.jpg").write_bytes(content)
    save_last(folder, make_state(3))
    (folder / "timelapse").mkdir()
    Image.new("RGB", (64, 64)).save(folder / "timelapse" / "00000001.webp")
    (folder / "FILE").touch()
    return folder


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("FILE/run", "FILE is a file"),
        ("FILE/deep/down/run", "FILE is a file"),
        ("x" * 300 + "/run", "File name too long"),
        ("/proc/nowhere/run", "No such file or directory"),
    ],
)
@pytest.mark.parametrize(
    "run", [making_a_run, converting_a_picture, converting_a_folder, making_a_timelapse, evaluating]
)
def test_a_place_that_cannot_be_made_is_named_with_the_reason(
    given: Path, capsys: pytest.CaptureFixture[str], run: Command, place: str, why: str
) -> None:
    before = sorted(given.rglob("*"))
    assert run(given, given / place) == 2
    said = capsys.readouterr().err
    assert why in said
    assert "Traceback" not in said
    assert sorted(given.rglob("*")) == before


def test_a_run_with_too_long_a_name_is_refused(
    given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert making_a_run(given, given / ("x" * 300)) == 2
    assert "File name too long" in capsys.readouterr().err


def test_a_folder_in_the_film_s_place_is_refused(
    given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (given / "film.mp4").mkdir()
    assert making_a_timelapse(given, given / "film") == 2
    assert "film.mp4 is a folder; give the name of a file" in capsys.readouterr().err


def test_a_command_that_cannot_be_left_is_refused(
    given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (given / CONFIG_FILE).write_text("{}")
    (given / COMMANDS).touch()
    assert command([str(given), "save"]) == 2
    assert "commands is a file" in capsys.readouterr().err
