"""Votes through the real API: 6 clients at once, a real server, SQLite and then PostgreSQL.

    python tests/bench/bench_votes.py [--images 500] [--clients 6] [--rate 20] [--seconds 30]

First everybody votes as fast as they can; then, on other images, RATE votes a second come at
moments that were drawn beforehand (`vote_heats.py`). Before each, the same clients ask a bare
Django view that does nothing but know who they are: the floor of this machine; then one that also
stores a row, which shows what of a vote is the database's own time to make it durable. Prints how
long a vote takes as its client sees it, beside both, what it costs the server in CPU, and how many
votes were taken although no more were wanted. Fails when there is one of those, when a vote takes
more than MOST_OF_FLOOR times the floor, or when one that was due takes longer than WHEN_DUE_MS.

PostgreSQL is asked at BENCH_POSTGRESQL (default postgresql://postgres@127.0.0.1:5432), in a
database of its own that is dropped again; where none answers, that is said and left out.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import on_both
from tests.bench.vote_heats import VOTES_OF_AN_IMAGE, Loop, clients_of, closed_loop, open_loop
from tests.curation.votes.live_site import live_site
from tests.curation.votes.over_votes import over_votes

MOST_OF_FLOOR = 1.6
"""A vote's 95th percentile, without a pause, may be this many times that of a bare view."""
WHEN_DUE_MS = 20.0
"""95 of 100 votes that come at their own moments are answered within this."""
NUM_JUDGED = 1000
"""Images judged on an earlier evening: no site but the newest votes into empty tables."""
HISTORY = "SELECT image_id, volunteer_id, verdict FROM votes_voteevent ORDER BY id"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=500, help="for the votes without a pause")
    arguments.add_argument("--clients", type=int, default=6)
    arguments.add_argument("--rate", type=float, default=20.0, help="votes that are due a second")
    arguments.add_argument("--seconds", type=float, default=30.0, help="for which they are due")
    given = arguments.parse_args()
    sys.exit(0 if on_both(lambda name, url: is_met(name, url, given)) else 1)


def is_met(name: str, url: str, given: argparse.Namespace) -> bool:
    num_due = round(given.rate * given.seconds / VOTES_OF_AN_IMAGE)
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/winnow.sqlite3"
        with (
            live_site(
                Path(folder),
                num_people=given.clients,
                num_images=given.images + num_due,
                num_judged=NUM_JUDGED,
                database_url=url,
                settings="tests.bench.floor_settings",
            ) as site,
            clients_of(site) as clients,
        ):
            print(f"{name}: {given.clients} clients")
            fast = closed_loop(clients, site.items[num_due:])
            is_fast = report("as fast as they can", fast)
            due = open_loop(clients, site.items[:num_due], given.rate)
            is_soon = report(f"{given.rate:g} a second, timed from when they were due", due)
        over = over_votes(history_of(url))
    ratio = fast.votes.percentile(95) / fast.floor.percentile(95)
    p95 = due.votes.percentile(95)
    print(f"  over-votes {over}")
    print(f"  p95 of a vote / of a bare view {ratio:.2f}: {goal(MOST_OF_FLOOR, ratio)}")
    print(f"  p95 of a vote that was due {p95:.1f} ms: {goal(WHEN_DUE_MS, p95)}")
    met = is_fast and is_soon and over == 0
    return met and ratio <= MOST_OF_FLOOR and p95 <= WHEN_DUE_MS


def goal(most: float, found: float) -> str:
    return f"met, {most:g} at most" if found <= most else f"NOT MET, {most:g} at most"


def history_of(url: str) -> Iterable[tuple[int, int, str]]:
    """Image, volunteer and verdict of each vote in the order in which they were stored."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            return database.execute(HISTORY).fetchall()
    with psycopg.connect(url) as server:
        return server.execute(HISTORY).fetchall()


def report(how: str, loop: Loop) -> bool:
    """Print the numbers; says whether all were answered as they should be."""
    votes = loop.votes.answers
    seconds = max(each.ended for each in votes) - min(each.begun for each in votes)
    statuses = Counter(each.status for each in votes)
    asked = Counter(each.status for each in loop.floor.answers + loop.storing.answers)
    print(f"  {how}: {len(votes)} votes in {seconds:.1f} s, {len(votes) / seconds:.0f} a second")
    print(f"    {dict(statuses)}, load average {os.getloadavg()[0]:.1f}")
    for what, heat in (
        ("a bare view", loop.floor),
        ("one that stores a row", loop.storing),
        ("a vote", loop.votes),
    ):
        print(
            f"    {what:22} p50 {heat.percentile(50):6.1f}  p95 {heat.percentile(95):6.1f}"
            f"  most {max(heat.ms):6.1f} ms, {heat.cpu_ms:.1f} ms of server CPU,"
            f" machine {heat.busy:.0%} busy"
        )
    return set(statuses) <= {200, 409} and set(asked) == {200}


if __name__ == "__main__":
    main()
