"""Volunteers vote over HTTP while the server is killed again and again and leases run out."""

from __future__ import annotations

import datetime as dt
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.curation.votes.live_site import LiveSite, live_site
from tests.curation.votes.over_votes import over_votes
from tests.curation.votes.stubborn_voters import HISTORY, STORED, Diary, acknowledged, voting

NUM_CLIENTS = 8
NUM_IMAGES = 400
MOST_KILLS = 6
SECONDS_TO_START = 4
"""What a web process needs before it answers anything. One killed sooner has done nothing."""


def kill_workers(site: LiveSite, until: threading.Event) -> int:
    """Kill -9 one of the server's processes now and then; how many were killed.

    Only such as have had time to start, and not for ever: who dies young starts later each time.
    """
    dice = random.Random(9)
    num = 0
    while num < MOST_KILLS and not until.wait(dice.uniform(0.1, 0.3)):
        try:
            started = time.time() - SECONDS_TO_START
            serving = [worker for worker in site.workers() if worker.create_time() < started]
            dice.choice(serving).send_signal(signal.SIGKILL)
        except (IndexError, psutil.NoSuchProcess):
            continue
        num += 1
    return num


def wait_for_votes(diaries: list[Diary], *, at_least: int) -> None:
    deadline = time.monotonic() + 60
    while sum(len(diary.accepted) for diary in diaries) < at_least:
        assert time.monotonic() < deadline, "hardly a vote came through"
        time.sleep(0.02)


def end_leases(database: Path, people: int) -> None:
    """The time of the first `people` runs out, at once."""
    past = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S")
    with sqlite3.connect(database, timeout=20) as connection:
        connection.execute(
            "UPDATE batches_assignment SET leased_until = ? WHERE id IN"
            " (SELECT id FROM batches_assignment ORDER BY id LIMIT ?)",
            (past, people),
        )
    connection.close()


@pytest.mark.slow
def test_no_acknowledged_vote_is_lost_and_none_is_taken_too_many(tmp_path: Path) -> None:
    database = tmp_path / "winnow.sqlite3"
    diaries = [Diary() for _ in range(NUM_CLIENTS)]
    with live_site(tmp_path, num_people=NUM_CLIENTS, num_images=NUM_IMAGES) as site:
        done = threading.Event()
        killed: list[int] = []
        killer = threading.Thread(target=lambda: killed.append(kill_workers(site, done)))
        killer.start()
        with voting(site, diaries):
            wait_for_votes(diaries, at_least=60)
            end_leases(database, people=2)
        done.set()
        killer.join()

    with sqlite3.connect(database) as connection:
        history = connection.execute(HISTORY).fetchall()
        stored = connection.execute(STORED).fetchall()
        keys = {key for (key,) in connection.execute("SELECT client_key FROM votes_voteevent")}
    connection.close()

    assert set(stored) == acknowledged(diaries)
    assert len(history) == len(stored)
    accepted_keys = {key.replace("-", "") for d in diaries for key, _verdict in d.accepted.values()}
    assert keys == accepted_keys
    assert over_votes(history) == 0
    # The story was a hard one: servers died, answers were lost, and leases ended.
    assert killed[0] >= 3
    assert sum(diary.num_resent for diary in diaries) > 0
    assert {"enough_votes", "lease_expired"} <= set().union(*(d.refused for d in diaries))
