"""What the supervisor's look at all jobs costs each second while there is nothing to do.

    python tests/bench/bench_idle.py [--images 200000]

On PostgreSQL with so many images, on SQLite with a tenth of them. Fails when it is MOST_MS or more.
While every image was asked whether it had an analysis, it was 135 to 150 ms.

PostgreSQL is asked at BENCH_POSTGRESQL, in a database of its own; where none answers, that is said.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import figures_of, on_both

MOST_MS = 2.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=200_000)
    given = arguments.parse_args()
    is_met = on_both(
        lambda name, url: _report(name, url, given.images if url else given.images // 10)
    )
    sys.exit(0 if is_met else 1)


def _report(name: str, url: str, images: int) -> bool:
    told = figures_of("tests.bench.idle_seconds", images, url=url)
    print(
        f"{name}: {images} images, an idle second costs {told['typical']:.2f} ms "
        f"(at best {told['least']:.2f}) and {told['queries']:.1f} queries"
    )
    return bool(told["typical"] < MOST_MS)


if __name__ == "__main__":
    main()
