"""Votes through the real API: 6 clients at once, a real server, SQLite and then PostgreSQL.

    python tests/bench/bench_votes.py [--images 500] [--clients 6]

Before they vote, the same clients ask a bare Django view that does nothing but know who they are:
the floor of this machine; then one that also stores a row, which shows what of a vote is the
database's own time to make it durable. Prints how long a vote takes as its client sees it, beside
both, what it costs the server in CPU, and how many votes were taken although no more were wanted.
Fails when there is one of those, or when a vote takes more than MOST_OF_FLOOR times the floor.

PostgreSQL is asked at BENCH_POSTGRESQL (default postgresql://postgres@127.0.0.1:5432), in a
database of its own that is dropped again; where none answers, that is said and left out.
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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import POSTGRESQL, postgresql
from tests.curation.votes.live_site import Client, LiveSite, live_site
from tests.curation.votes.over_votes import over_votes

MOST_OF_FLOOR = 1.6
"""A vote's 95th percentile may be this many times that of a bare view."""
NUM_JUDGED = 1000
"""Images judged on an earlier evening: no site but the newest votes into empty tables."""
HISTORY = "SELECT image_id, volunteer_id, verdict FROM votes_voteevent ORDER BY id"
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
class Heat:
    """What all clients together saw of one kind of request."""

    answers: list[Answer]
    server_seconds: float
    """CPU time that the server spent on them; not what the database's own processes spent."""

    @property
    def ms(self) -> list[float]:
        """How long those took that were answered with what was asked for."""
        return [each.ms for each in self.answers if each.status == 200]

    @property
    def cpu_ms(self) -> float:
        return self.server_seconds / len(self.answers) * 1000


@dataclass(frozen=True)
class Race:
    """With as many clients at once in each heat."""

    floor: Heat
    storing: Heat
    votes: Heat


_starting_line: Barrier | None = None


def meet_at(barrier: Barrier) -> None:
    """Let the clients of this process wait for all others before each heat."""
    global _starting_line  # noqa: PLW0603, how a pool hands something to its processes
    _starting_line = barrier


def ask_a_floor(port: int, session: str, path: str, num: int) -> list[Answer]:
    """One client, which asks a bare view."""
    client = Client(port, session)
    assert _starting_line is not None
    _starting_line.wait()
    dice = random.Random(session)
    return [timed(client, "PUT", path, some_vote(dice)) for _ in range(num)]


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
    """First all clients ask the bare views, then all vote, each in a process of its own."""
    num = int(len(site.items) * SHARE_OF_IMAGES)
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(num_clients, meet_at, (spawn.Barrier(num_clients),)) as pool:

        def heat(of_client: Callable[..., list[Answer]], work: list[tuple[Any, ...]]) -> Heat:
            begun = site.cpu_seconds()
            some = pool.starmap(of_client, work, 1)
            return Heat([each for mine in some for each in mine], site.cpu_seconds() - begun)

        def floor(path: str, num: int) -> Heat:
            return heat(ask_a_floor, [(site.port, key, path, num) for key in site.sessions])

        floor("/bench/floor", 20)  # the first requests of a process are slow
        return Race(
            floor=floor("/bench/floor", num),
            storing=floor("/bench/storing-floor", num),
            votes=heat(
                vote_through,
                [(site.port, key, site.items, n) for n, key in enumerate(site.sessions)],
            ),
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--images", type=int, default=500)
    arguments.add_argument("--clients", type=int, default=6)
    given = arguments.parse_args()
    met = True
    for name, database in (("SQLite", sqlite()), ("PostgreSQL", postgresql())):
        with tempfile.TemporaryDirectory() as folder, database as where:
            if not where:
                print(f"{name}: none answers at {POSTGRESQL}; left out")
                continue
            url = where.format(folder=folder)
            with live_site(
                Path(folder),
                num_people=given.clients,
                num_images=given.images,
                num_judged=NUM_JUDGED,
                database_url=url,
                settings="tests.bench.floor_settings",
            ) as site:
                measured = race(site, given.clients)
            over = over_votes(history_of(url))
            met = report(name, measured, over, given.clients) and met
    sys.exit(0 if met else 1)


@contextmanager
def sqlite() -> Iterator[str]:
    """A file in the site's own folder."""
    yield "sqlite:///{folder}/winnow.sqlite3"


def history_of(url: str) -> Iterable[tuple[int, int, str]]:
    """Image, volunteer and verdict of each vote in the order in which they were stored."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            return database.execute(HISTORY).fetchall()
    with psycopg.connect(url) as server:
        return server.execute(HISTORY).fetchall()


def report(name: str, measured: Race, over: int, num_clients: int) -> bool:
    """Print the numbers; says whether the budget is met."""
    votes = measured.votes.answers
    seconds = max(each.ended for each in votes) - min(each.begun for each in votes)
    statuses = Counter(each.status for each in votes)
    asked = Counter(each.status for each in measured.floor.answers + measured.storing.answers)
    ratio = percentile(measured.votes.ms, 95) / percentile(measured.floor.ms, 95)
    print(f"{name}: {num_clients} clients, {len(votes)} votes in {seconds:.1f} s: {dict(statuses)}")
    print(f"  load average {os.getloadavg()[0]:.1f}, {len(votes) / seconds:.0f} votes a second")
    for what, heat in (
        ("a bare view", measured.floor),
        ("one that stores a row", measured.storing),
        ("a vote", measured.votes),
    ):
        p50, p95 = percentile(heat.ms, 50), percentile(heat.ms, 95)
        print(f"  {what:22} p50 {p50:6.1f}  p95 {p95:6.1f} ms, {heat.cpu_ms:.1f} ms of server CPU")
    print(f"  slowest vote {max(measured.votes.ms):.1f} ms, over-votes {over}")
    print(f"  p95 of a vote / of a bare view {ratio:.2f}")
    met = set(statuses) <= {200, 409} and set(asked) == {200} and over == 0
    met = met and ratio <= MOST_OF_FLOOR
    print("  budget met" if met else f"  NOT MET: p95 <= {MOST_OF_FLOOR} x floor, over-votes 0")
    return met


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    main()
