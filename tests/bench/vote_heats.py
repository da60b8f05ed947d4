"""How the clients of `bench_votes.py` ask: without a pause, or whenever a request is due.

Without a pause (a closed loop) a slow answer holds its client back, so that the next is asked later
and fewer wait at once. In an open loop the moments are drawn beforehand and an answer is timed from
the moment its request was due: whoever has to queue for it waits as long as a person would.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import uuid4

import psutil

from tests.curation.votes.live_site import Client, LiveSite

SHARE_OF_IMAGES = 0.45
"""What each client votes on without a pause: images are raced for, most votes still wanted."""
VOTES_OF_AN_IMAGE = 2
"""In the open loop, by two clients: none is refused because enough are in."""
FLOOR = "/bench/floor"
STORING_FLOOR = "/bench/storing-floor"
MOMENTS_SEED = 20
"""The same moments on each database."""


@dataclass(frozen=True)
class Answer:
    status: int
    begun: float
    """When it was asked; in an open loop when it was due."""
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
    busy: float
    """The share of the machine's CPU time that anybody used meanwhile."""

    @property
    def ms(self) -> list[float]:
        """How long those took that were answered with what was asked for."""
        return [each.ms for each in self.answers if each.status == 200]

    @property
    def cpu_ms(self) -> float:
        return self.server_seconds / len(self.answers) * 1000

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.ms, n=100)[percent - 1]


@dataclass(frozen=True)
class Loop:
    """The same asked of a bare view, of one that stores a row, and of a vote."""

    floor: Heat
    storing: Heat
    votes: Heat


@dataclass(frozen=True)
class Due:
    """One request of the open loop."""

    after: float
    """Seconds from the start."""
    client: int
    item: int


class Clients:
    """A process for each volunteer of the site; in every heat they start at the same time."""

    def __init__(self, site: LiveSite, pool: Pool) -> None:
        self.site, self.pool = site, pool

    def heat(self, of_client: Callable[..., list[Answer]], work: list[tuple[Any, ...]]) -> Heat:
        """`work` is what each client gets besides its port and its session."""
        each = zip(self.site.sessions, work, strict=True)
        of_all = [(self.site.port, session, *mine) for session, mine in each]
        server, machine = self.site.cpu_seconds(), psutil.cpu_times()
        answers = self.pool.starmap(of_client, of_all, 1)
        return Heat(
            [answer for mine in answers for answer in mine],
            self.site.cpu_seconds() - server,
            _busy(machine, psutil.cpu_times()),
        )


@contextmanager
def clients_of(site: LiveSite) -> Iterator[Clients]:
    """The site's volunteers, whose first requests, which are slow, are behind them."""
    num = len(site.sessions)
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(num, _meet_at, (spawn.Barrier(num),)) as pool:
        clients = Clients(site, pool)
        clients.heat(_ask_a_floor, [(FLOOR, 20)] * num)
        yield clients


def closed_loop(clients: Clients, items: list[int]) -> Loop:
    """Everybody asks as fast as they can; first the bare views, then the votes."""
    num = int(len(items) * SHARE_OF_IMAGES)
    everybody = range(len(clients.site.sessions))
    return Loop(
        floor=clients.heat(_ask_a_floor, [(FLOOR, num) for _ in everybody]),
        storing=clients.heat(_ask_a_floor, [(STORING_FLOOR, num) for _ in everybody]),
        votes=clients.heat(_vote_through, [(items, seed) for seed in everybody]),
    )


def open_loop(clients: Clients, items: list[int], rate: float) -> Loop:
    """Two votes on each of `items`, `rate` a second; before, the bare views at the same moments."""
    everybody = range(len(clients.site.sessions))
    dues = _drawn(items, rate, len(everybody))
    of_each = [[due for due in dues if due.client == who] for who in everybody]
    return Loop(
        floor=clients.heat(_ask_when_due, [(of_each[who], FLOOR) for who in everybody]),
        storing=clients.heat(_ask_when_due, [(of_each[who], STORING_FLOOR) for who in everybody]),
        votes=clients.heat(_ask_when_due, [(of_each[who], "") for who in everybody]),
    )


def _drawn(items: list[int], rate: float, num_clients: int) -> list[Due]:
    """Moments as people make them who know nothing of each other: often close, sometimes far."""
    dice = random.Random(MOMENTS_SEED)
    votes = [
        (client, item)
        for item in items
        for client in dice.sample(range(num_clients), VOTES_OF_AN_IMAGE)
    ]
    dice.shuffle(votes)
    moments = accumulate(dice.expovariate(rate) for _ in votes)
    return [Due(after, *vote) for after, vote in zip(moments, votes, strict=True)]


_starting_line: Barrier | None = None


def _meet_at(barrier: Barrier) -> None:
    """Let the clients of this process wait for all others before each heat."""
    global _starting_line  # noqa: PLW0603, how a pool hands something to its processes
    _starting_line = barrier


def _start() -> None:
    assert _starting_line is not None
    _starting_line.wait()


def _ask_a_floor(port: int, session: str, path: str, num: int) -> list[Answer]:
    """One client, which asks a bare view."""
    client = Client(port, session)
    dice = random.Random(session)
    _start()
    return [_timed(client, path, _some_vote(dice)) for _ in range(num)]


def _vote_through(port: int, session: str, items: list[int], seed: int) -> list[Answer]:
    """One client, which votes on its share of the items in an order of its own."""
    dice = random.Random(seed)
    client = Client(port, session)
    mine = dice.sample(items, int(len(items) * SHARE_OF_IMAGES))
    _start()
    return [_timed(client, _vote_on(item), _some_vote(dice)) for item in mine]


def _ask_when_due(port: int, session: str, dues: list[Due], path: str) -> list[Answer]:
    """One client, which asks for `path`, or votes, at its moments; late where it still waits."""
    dice = random.Random(session)
    client = Client(port, session)
    answers = []
    _start()
    begun = time.monotonic()
    for due in dues:
        at = begun + due.after
        time.sleep(max(0.0, at - time.monotonic()))
        answers.append(_timed(client, path or _vote_on(due.item), _some_vote(dice), at))
    return answers


def _vote_on(item: int) -> str:
    return f"/api/v1/items/{item}/vote"


def _some_vote(dice: random.Random) -> dict[str, object]:
    verdict = dice.choice(["keep", "keep", "reject", "unsure"])
    reasons = ["blurry"] if verdict == "reject" else []
    return {"verdict": verdict, "reasons": reasons, "client_key": str(uuid4())}


def _timed(client: Client, path: str, body: object, due: float | None = None) -> Answer:
    begun = time.monotonic() if due is None else due
    status, _ = client.request("PUT", path, body)
    return Answer(status, begun, time.monotonic())


def _busy(before: Any, after: Any) -> float:
    passed = sum(after) - sum(before)
    idle = after.idle + after.iowait - before.idle - before.iowait
    return float(1 - idle / passed)
