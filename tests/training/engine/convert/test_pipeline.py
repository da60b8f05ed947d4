"""Frames pass through all stages in order, a few at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.training.engine.films import (
    convert,
    face_box,
    make_long_video,
    make_video,
    sound_packets,
    stamps_and_frames,
)
from tests.training.engine.run_folders import ROOT


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


MEASURED = """
import re, sys, torch
from pathlib import Path
from tests.training.engine import tiny
from training.engine.convert.__main__ import main
torch.set_num_threads(1)
assert main(sys.argv[1:]) == 0
# Not getrusage, which counts what the parent held when it made this process.
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak(trained: Path, source: Path, target: Path) -> float:
    """The most memory a conversion takes, in MB; small batches, so that it soon is at its most."""
    given = ["--checkpoint", str(trained), "--input", str(source), "--output", str(target)]
    given += ["--into", "a", "--detect-every", "10", "--batch", "2", "--workers", "1"]
    command = [sys.executable, "-c", MEASURED, *given, "--preset", "ultrafast"]
    # What the allocator of each thread holds back depends on chance.
    alone = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


@pytest.mark.slow
def test_a_film_five_times_as_long_takes_no_more_memory(trained: Path, tmp_path: Path) -> None:
    peaks = []
    for frames in (240, 1200):
        source = tmp_path / f"{frames}.mp4"
        make_long_video(source, frames=frames)
        peaks.append(peak(trained, source, tmp_path / f"out{frames}.mp4"))
    # The allocator's own ups and downs are up to 15: a leak of 27 kB a frame would be seen.
    assert peaks[1] - peaks[0] < 26
