"""What a killed conversion leaves the next one removes; what a living one writes stays."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.training.engine.films import convert, make_long_video, stamps_and_frames
from tests.training.engine.run_folders import ROOT

pytestmark = pytest.mark.slow


@contextmanager
def converting(
    trained: Path, source: Path, target: Path, *more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A conversion in a process of its own, which has begun to write."""
    command = [sys.executable, "-m", "tests.training.engine.tiny_convert", "--into", "a"]
    command += ["--checkpoint", str(trained), "--input", str(source), "--output", str(target)]
    before = set(hidden(target.parent))
    process = subprocess.Popen([*command, *more], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not written(target.parent, before) and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()


def hidden(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*"))


def written(folder: Path, before: set[Path]) -> list[Path]:
    return [file for made in set(hidden(folder)) - before for file in made.glob("*")]


def test_the_next_conversion_removes_what_a_killed_one_left(
    trained: Path, picture: Path, tmp_path: Path
) -> None:
    source, folder = tmp_path / "film.mp4", tmp_path / "there"
    make_long_video(source)
    for _ in range(2):
        with converting(trained, source, folder / "out.mp4") as process:
            process.send_signal(signal.SIGKILL)
            process.wait(30)
        # The second one has removed what the first one left.
        assert len(hidden(folder)) == 1
    assert convert(trained, picture, folder / "out.png") == 0
    assert [path.name for path in folder.iterdir()] == ["out.png"]


def test_what_a_living_conversion_writes_is_left_alone(
    trained: Path, picture: Path, tmp_path: Path
) -> None:
    source, folder = tmp_path / "film.mp4", tmp_path / "there"
    make_long_video(source)
    part = ("--frames", "1-120", "--other-frames", "drop", "--detect-every", "50")
    with converting(trained, source, folder / "out.mp4", *part) as process:
        process.send_signal(signal.SIGSTOP)
        (its_own,) = hidden(folder)
        assert convert(trained, picture, folder / "out.png") == 0
        assert hidden(folder) == [its_own]
        process.send_signal(signal.SIGCONT)
        assert process.wait(120) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["out.mp4", "out.png"]
    assert len(stamps_and_frames(folder / "out.mp4")[1]) == 120
