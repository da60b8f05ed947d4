"""Every page at three sizes of a subject, on PostgreSQL and (a tenth as large) on SQLite.

    python tests/bench/bench_pages.py [--images 200000] [--times 12]

Prints for each page its 95th percentile at the largest size, how often longer that is than at the
smallest, which is a hundredth of it, and its queries. Fails when a page is over BUDGET_MS at the
largest, or asks the database more often there than at a tenth of it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import POSTGRESQL, figures_of, postgresql

BUDGET_MS = 300.0
STEPS = (100, 10, 1)
"""The largest size is divided by these."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=200_000, help="on PostgreSQL")
    arguments.add_argument("--times", type=int, default=12, help="that each page is asked")
    given = arguments.parse_args()
    on_sqlite = [_size("", given.images // 10 // step, given.times) for step in STEPS]
    is_met = report("SQLite", on_sqlite)
    on_postgresql = []
    for step in STEPS:
        with postgresql() as url:  # an empty database for each
            if url:
                on_postgresql.append(_size(url, given.images // step, given.times))
    if on_postgresql:
        is_met = report("PostgreSQL", on_postgresql) and is_met
    else:
        print(f"PostgreSQL: none answers at {POSTGRESQL}; left out")
    sys.exit(0 if is_met else 1)


def _size(url: str, num_images: int, times: int) -> dict[str, Any]:
    """The figures of all pages by name, with so many images."""
    pages = figures_of("tests.bench.pages_at_scale", num_images, times, url=url)
    return {"images": num_images, "pages": pages}


def report(name: str, by_size: list[dict[str, Any]]) -> bool:
    """Print a line for each page; says whether all are within the budget."""
    largest = by_size[-1]
    sizes = ", ".join(f"{size['images']:,}" for size in by_size)
    print(f"{name}, subjects of {sizes} images; ms at the 95th percentile")
    met = True
    for page in largest["pages"]:
        ms = [size["pages"][page]["p95"] for size in by_size]
        queries = [size["pages"][page]["queries"] for size in by_size]
        grows = queries[-1] > queries[1]
        is_slow = ms[-1] > BUDGET_MS
        met = met and not grows and not is_slow
        print(
            f"  {page:22}" + "".join(f"{each:9.1f}" for each in ms),
            f"  x{ms[-1] / ms[0]:6.1f}",
            f"  queries {queries[-1]:3d}" + (f" GROW from {queries[1]}" if grows else ""),
            "  OVER BUDGET" if is_slow else "",
        )
    print(
        "budget met" if met else f"NOT MET: p95 <= {BUDGET_MS:.0f} ms and a fixed number of queries"
    )
    return met


if __name__ == "__main__":
    main()
