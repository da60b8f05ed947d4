"""Votes through the real API: 6 clients at once, SQLite in a folder of its own, real gunicorn.

    python tests/bench/bench_votes.py [--images 500] [--clients 6]

Prints how long a vote takes as the client sees it, how many a second go through, and how many
were taken although no more were wanted. Fails when there is one of those, or over budget.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.curation.votes.live_site import Client, LiveSite, live_site
from tests.curation.votes.over_votes import over_votes

BUDGET_P95_MS = 50.0
SHARE_OF_IMAGES = 0.45
"""What each client votes on: so much that images are raced for, and most votes still wanted."""


@dataclass(frozen=True)
class Answer:
    status: int
    begun: float
    ended: float

    @property
    def ms(self) -> float:
        return (self.ended - self.begun) * 1000


@dataclass(frozen=True)
class Race:
    """What all clients together saw."""

    floor: list[Answer]
    """Requests that the server refuses at the door: what this machine takes for doing nothing."""
    votes: list[Answer]
    server_seconds: float
    """CPU time that the server spent on the votes."""


_starting_line: Barrier | None = None


def meet_at(barrier: Barrier) -> None:
    """Let the clients of this process wait for all others before each heat."""
    global _starting_line  # noqa: PLW0603, how a pool hands something to its processes
    _starting_line = barrier


def ask_in_vain(port: int, num: int) -> list[Answer]:
    """One client that is not signed in."""
    client = Client(port, "nobody")
    assert _starting_line is not None
    _starting_line.wait()
    return [timed(client, "GET", "/api/v1/batches/0/desk") for _ in range(num)]


def vote_through(port: int, session: str, items: list[int], seed: int) -> list[Answer]:
    """One client, which votes on its share of the items in an order of its own."""
    dice = random.Random(seed)
    client = Client(port, session)
    mine = dice.sample(items, int(len(items) * SHARE_OF_IMAGES))
    assert _starting_line is not None
    _starting_line.wait()
    return [timed(client, "PUT", f"/api/v1/items/{item}/vote", some_vote(dice)) for item in mine]


def some_vote(dice: random.Random) -> dict[str, object]:
    verdict = dice.choice(["keep", "keep", "reject", "unsure"])
    reasons = ["blurry"] if verdict == "reject" else []
    return {"verdict": verdict, "reasons": reasons, "client_key": str(uuid4())}


def timed(client: Client, method: str, path: str, body: object = None) -> Answer:
    begun = time.monotonic()
    status, _ = client.request(method, path, body)
    return Answer(status, begun, time.monotonic())


def race(site: LiveSite, num_clients: int) -> Race:
    """First all clients ask in vain, then all vote, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(num_clients, meet_at, (spawn.Barrier(num_clients),)) as pool:
        floor = pool.starmap(ask_in_vain, [(site.port, 100)] * num_clients, 1)
        before = site.cpu_seconds()
        work = [(site.port, key, site.items, n) for n, key in enumerate(site.sessions)]
        votes = pool.starmap(vote_through, work, 1)
        seconds = site.cpu_seconds() - before
    return Race(
        [each for some in floor for each in some], [e for some in votes for e in some], seconds
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=500)
    arguments.add_argument("--clients", type=int, default=6)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with live_site(data_dir, num_people=given.clients, num_images=given.images) as site:
            measured = race(site, given.clients)
        with sqlite3.connect(data_dir / "winnow.sqlite3") as database:
            history = "SELECT image_id, volunteer_id, verdict FROM votes_voteevent ORDER BY id"
            over = over_votes(database.execute(history))
    sys.exit(report(measured, over, given.clients))


def report(measured: Race, over: int, num_clients: int) -> int:
    """Print the numbers; the exit code says whether the budget is met."""
    votes = measured.votes
    seconds = max(each.ended for each in votes) - min(each.begun for each in votes)
    statuses = Counter(each.status for each in votes)
    taken = [each.ms for each in votes if each.status == 200]
    floor = [each.ms for each in measured.floor]
    print(f"{num_clients} clients, {len(votes)} votes in {seconds:.1f} s: {dict(statuses)}")
    print(f"load average    {os.getloadavg()[0]:8.1f}")
    print(f"votes/s         {len(votes) / seconds:8.0f}")
    print(f"server CPU      {measured.server_seconds / len(votes) * 1000:8.1f} ms a vote")
    print(f"floor p50, p95  {percentile(floor, 50):8.1f} {percentile(floor, 95):8.1f} ms")
    print(f"vote p50, p95   {percentile(taken, 50):8.1f} {percentile(taken, 95):8.1f} ms")
    print(f"vote max        {max(taken):8.1f} ms")
    print(f"over-votes      {over:8d}")
    met = set(statuses) <= {200, 409} and over == 0 and percentile(taken, 95) <= BUDGET_P95_MS
    print("budget met" if met else f"NOT MET: p95 <= {BUDGET_P95_MS:.0f} ms, over-votes 0")
    return 0 if met else 1


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    main()
