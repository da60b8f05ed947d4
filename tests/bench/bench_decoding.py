"""What it costs to decode in a child: pictures a second, beside decoding in this process.

Counted is processor time of both processes, so that a busy machine slows neither. "In this
process" is how pictures were taken in and looked at before there was a child.

    python tests/bench/bench_decoding.py [FOLDER] [--number N]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.analysis.look import look_at
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.vision.decode import Unreadable, decode, measure
from curation.vision.thumbnails import CopySize
from tests.bench.bench_analysis import DEMO, readable
from tests.stories.deeds import whoever

BUDGET = 0.9
ROUNDS = 3
LIMITS = Limits(seconds=60, megabytes=2000)
SIZES = [CopySize(320, 75), CopySize(1440, 82)]

Way = Callable[[bytes], object]


def processor_seconds() -> float:
    """Used so far by this process and its child."""
    child = psutil.Process(in_child(whoever, b"", limits=LIMITS)).cpu_times()
    return time.process_time() + child.user + child.system


def per_second(ways: dict[str, Way], pictures: list[bytes]) -> dict[str, float]:
    """Pictures per second of processor time, in each way's best round."""
    best = dict.fromkeys(ways, 0.0)
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = processor_seconds()
            for data in pictures:
                attempt(way, data)
            best[name] = max(best[name], len(pictures) / (processor_seconds() - start))
    return best


def attempt(way: Way, data: bytes) -> None:
    try:
        way(data)
    except Unreadable:
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DEMO)
    parser.add_argument("--number", type=int, default=200, help="so many pictures, at random")
    given = parser.parse_args()
    files = readable(given.folder)
    chosen = random.Random(1).sample(files, min(given.number, len(files)))
    pictures = [path.read_bytes() for path in chosen]
    start = time.perf_counter()
    in_child(len, b"", limits=LIMITS)
    print(f"a child is ready after {1000 * (time.perf_counter() - start):.0f} ms")
    worst = 1.0
    for what, here, there, number in (
        ("intake", decode, measure, len(pictures)),
        ("analysis", lambda data: look_at(data, SIZES), look_at, len(pictures) // 5),
    ):
        arguments = [SIZES] if there is look_at else []
        attempt(here, pictures[0])  # reads the models
        ways: dict[str, Way] = {
            "in this process": here,
            "in a child": lambda data, do=there, with_=arguments: in_child(  # type: ignore[misc]
                do, data, *with_, limits=LIMITS
            ),
        }
        speed = per_second(ways, pictures[:number])
        ratio = speed["in a child"] / speed["in this process"]
        worst = min(worst, ratio)
        said = ", ".join(f"{name} {value:.1f}" for name, value in speed.items())
        print(f"{what:9} pictures/s: {said}: {ratio:.2f}x")
    if worst < BUDGET:
        sys.exit(f"less than the {BUDGET}x that are wanted")


if __name__ == "__main__":
    main()
