"""Voters while a large release is frozen, and while none is: SQLite, then PostgreSQL.

    python tests/bench/bench_freeze.py [--images 12000] [--voters 6]

Voters vote without a pause, first alone for some seconds, then while half of the images are
frozen. Prints the slowest vote of each. Fails when a freeze makes the slowest vote SLOWEST_MS or
longer: a freeze behind the lock made it last as long as the freeze.

PostgreSQL is asked at BENCH_POSTGRESQL, in a database of its own; where none answers, that is said.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import figures_of, on_both

SLOWEST_MS = 1000.0
"""Six voters on two cores have slow moments of their own; a freeze under the lock took seconds."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=12_000)
    arguments.add_argument("--voters", type=int, default=6)
    given = arguments.parse_args()
    is_met = on_both(lambda name, url: _report(name, url, given.images, given.voters))
    sys.exit(0 if is_met else 1)


def _report(name: str, url: str, images: int, voters: int) -> bool:
    told = figures_of("tests.bench.votes_beside_a_freeze", images, voters, url=url)
    print(
        f"{name}: {told['frozen']} images frozen in {told['seconds']:.1f} s, {voters} voters; "
        f"slowest vote {told['beside']:.0f} ms ({told['votes']} votes), "
        f"without a freeze {told['alone']:.0f} ms"
    )
    return bool(told["beside"] < SLOWEST_MS)


if __name__ == "__main__":
    main()
