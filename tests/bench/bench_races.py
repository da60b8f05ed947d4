"""Votes by the thousand while the server is killed and leases end, SQLite and then PostgreSQL.

    python tests/bench/bench_races.py [--votes 10000] [--clients 8] [--kills 30]

Eight volunteers vote on every image of their batches over HTTP, and send again under the same key
what gets no answer. Meanwhile one of the web processes is killed (-9) again and again, and two
people's leases end. Prints what voters were told beside what the site holds afterwards, and fails
when a vote was lost, counted twice, or taken although no more were wanted. The test of the same
story in `tests/curation/votes` is small.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import on_both
from tests.curation.votes.killed_server import vote_while_it_is_killed

VOTES_PER_IMAGE = 2.2
"""About so many are wanted of each, with voters who say keep twice as often as anything else."""
PATIENCE_SECONDS = 1800


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--votes", type=int, default=10_000)
    arguments.add_argument("--clients", type=int, default=8)
    arguments.add_argument("--kills", type=int, default=30)
    given = arguments.parse_args()
    met = on_both(lambda name, url: is_met(name, url, given))
    sys.exit(0 if met else 1)


def is_met(name: str, url: str, given: argparse.Namespace) -> bool:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = vote_while_it_is_killed(
            Path(folder),
            database_url=url or f"sqlite:///{folder}/winnow.sqlite3",
            num_clients=given.clients,
            num_images=round(given.votes / VOTES_PER_IMAGE),
            most_kills=given.kills,
            patience=PATIENCE_SECONDS,
        )
    seconds = time.monotonic() - begun
    lost, unasked = len(told.lost), len(told.unasked)
    print(f"{name}: {given.clients} clients, {len(told.stored)} votes stored, {seconds:.0f} s")
    print(f"  load average {os.getloadavg()[0]:.1f}")
    print(f"  {told.killed} servers killed, {told.num_resent} requests sent again")
    print(f"  refusals: {', '.join(sorted(told.refused))}")
    print(f"  over-votes {told.num_over_votes}, lost {lost}, not acknowledged {unasked}")
    print(f"  recorded twice {told.num_recorded_twice}")
    faults = told.num_over_votes, lost, unasked, told.num_recorded_twice
    met = not any(faults) and told.keys == told.accepted_keys and told.killed > 0
    print("  budget met" if met else "  NOT MET: all of these are 0")
    return met


if __name__ == "__main__":
    main()
