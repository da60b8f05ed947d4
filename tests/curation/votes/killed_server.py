"""Volunteers vote over HTTP while the server is killed again and again and leases run out."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.curation.votes.live_site import LiveSite, live_site
from tests.curation.votes.over_votes import over_votes
from tests.curation.votes.stubborn_voters import HISTORY, STORED, Diary, acknowledged, voting

SECONDS_TO_START = 4
"""What a web process needs before it answers anything. One killed sooner has done nothing."""
END_LEASES = (
    "UPDATE batches_assignment SET leased_until = '2000-01-01 00:00:00' WHERE volunteer_id IN"
    " (SELECT DISTINCT volunteer_id FROM batches_assignment ORDER BY volunteer_id LIMIT 2)"
)
"""The time of two people runs out, at once, in every batch they hold."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What voters were told, and what the site then held."""

    diaries: list[Diary]
    killed: int
    history: list[tuple[int, int, str]]
    stored: list[tuple[int, str, str]]
    keys: set[str]
    """Of all acts that were recorded."""

    @property
    def num_over_votes(self) -> int:
        return over_votes(self.history)

    @property
    def lost(self) -> set[tuple[int, str, str]]:
        """What was acknowledged and is not there."""
        return acknowledged(self.diaries) - set(self.stored)

    @property
    def unasked(self) -> set[tuple[int, str, str]]:
        """What is there although nobody was told so."""
        return set(self.stored) - acknowledged(self.diaries)

    @property
    def num_recorded_twice(self) -> int:
        return len(self.history) - len(self.stored)

    @property
    def accepted_keys(self) -> set[str]:
        return {key.replace("-", "") for d in self.diaries for key, _verdict in d.accepted.values()}

    @property
    def num_resent(self) -> int:
        return sum(diary.num_resent for diary in self.diaries)

    @property
    def refused(self) -> set[str]:
        return set().union(*(diary.refused for diary in self.diaries))


def vote_while_it_is_killed(
    folder: Path,
    *,
    database_url: str,
    num_clients: int,
    num_images: int,
    most_kills: int,
    patience: float = 240,
) -> Told:
    """Everybody votes on every image; two people's leases end when a sixth of the votes is in."""
    diaries = [Diary() for _ in range(num_clients)]
    with live_site(
        folder, num_people=num_clients, num_images=num_images, database_url=database_url
    ) as site:
        done = threading.Event()
        killed: list[int] = []
        killer = threading.Thread(
            target=lambda: killed.append(_kill(site, diaries, most_kills, done))
        )
        killer.start()
        with voting(site, diaries, patience=patience):
            _wait_for_votes(diaries, at_least=num_images * 3 // 20, patience=patience)
            with _connected(database_url) as database:
                database.execute(END_LEASES)
        done.set()
        killer.join()
    with _connected(database_url) as database:
        return Told(
            diaries=diaries,
            killed=killed[0],
            history=database.execute(HISTORY).fetchall(),
            stored=database.execute(STORED).fetchall(),
            keys={
                _bare(key) for (key,) in database.execute("SELECT client_key FROM votes_voteevent")
            },
        )


def _kill(site: LiveSite, diaries: list[Diary], most: int, until: threading.Event) -> int:
    """Kill -9 one of the server's processes now and then; how many were killed.

    Only such as have had time to start, and not for ever: who dies young starts later each time.
    Never before a vote came through again: on a busy machine none would ever.
    """
    dice = random.Random(9)
    num = num_accepted = 0
    while num < most and not until.wait(dice.uniform(0.1, 0.3)):
        if _num_accepted(diaries) == num_accepted:
            continue
        try:
            started = time.time() - SECONDS_TO_START
            serving = [worker for worker in site.workers() if worker.create_time() < started]
            dice.choice(serving).send_signal(signal.SIGKILL)
        except (IndexError, psutil.NoSuchProcess):
            continue
        num += 1
        num_accepted = _num_accepted(diaries)
    return num


def _num_accepted(diaries: list[Diary]) -> int:
    return sum(len(diary.accepted) for diary in diaries)


def _wait_for_votes(diaries: list[Diary], *, at_least: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    while _num_accepted(diaries) < at_least:
        assert time.monotonic() < deadline, "hardly a vote came through"
        time.sleep(0.02)


@contextmanager
def _connected(database_url: str) -> Iterator[Any]:
    """The site's database, past the site."""
    if database_url.startswith("sqlite"):
        connection: Any = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=20)
    else:
        connection = psycopg.connect(database_url)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def _bare(key: object) -> str:
    return str(key).replace("-", "")
