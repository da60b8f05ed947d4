"""Files a second that an import takes in, on SQLite, then on PostgreSQL, and statements a file.

    python tests/bench/bench_import.py [--files 600]

The files are JPEGs of 800 x 600 with EXIF. Reading them and having them decoded in the child, one
after the other, is measured in the same run: no import can do without. Fails when an import is
slower than SHARE of that, or when it needs more than MOST_STATEMENTS a file. While each file had
its own transaction there were twelve to fourteen statements, 66 files a second on SQLite and 33 on
PostgreSQL, on another machine.

PostgreSQL is asked at BENCH_POSTGRESQL, in a database of its own; where none answers, that is said.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import figures_of, on_both

SHARE = 0.25
MOST_STATEMENTS = 1.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=600)
    given = arguments.parse_args()
    is_met = on_both(lambda name, url: _report(name, url, given.files))
    sys.exit(0 if is_met else 1)


def _report(name: str, url: str, files: int) -> bool:
    told = figures_of("tests.bench.one_import", files, url=url)
    share = told["per_second"] / told["alone_per_second"]
    print(
        f"{name}: {told['files']} files, {told['per_second']:.0f} a second, "
        f"{told['queries']:.2f} statements a file; decoding alone "
        f"{told['alone_per_second']:.0f} a second: {share:.2f}x"
    )
    return bool(share >= SHARE and told["queries"] <= MOST_STATEMENTS)


if __name__ == "__main__":
    main()
