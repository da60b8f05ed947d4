"""Volunteers vote over HTTP while the server is killed again and again and leases run out."""

from __future__ import annotations

import datetime as dt
import http.client
import random
import signal
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from tests.curation.votes.live_site import Client, LiveSite, live_site
from tests.curation.votes.over_votes import over_votes

NUM_CLIENTS = 8
NUM_IMAGES = 120
MOST_KILLS = 6
SECONDS_TO_START = 4
"""What a web process needs before it answers anything. One killed sooner has done nothing."""


@dataclass
class Diary:
    """What one volunteer was told."""

    accepted: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By item, the key and verdict of the last vote that was acknowledged."""
    refused: set[str] = field(default_factory=set)
    num_resent: int = 0


def vote_stubbornly(site: LiveSite, who: int, diary: Diary) -> None:
    """Vote on every item; whatever gets no answer is sent again with the same key."""
    dice = random.Random(who)
    client = Client(site.port, site.sessions[who])
    for item in dice.sample(site.items, len(site.items)):
        verdict = dice.choice(["keep", "keep", "reject", "unsure"])
        key = str(uuid4())
        reasons = ["blurry"] if verdict == "reject" else []
        body = {"verdict": verdict, "reasons": reasons, "client_key": key}
        status, answer = send_until_answered(client, item, body, diary)
        if status == 200:
            assert answer["verdict"] == verdict
            diary.accepted[item] = (key, verdict)
        else:
            assert status == 409, answer
            diary.refused.add(answer["code"])


def send_until_answered(
    client: Client, item: int, body: dict[str, object], diary: Diary
) -> tuple[int, dict[str, str]]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            status, answer = client.request("PUT", f"/api/v1/items/{item}/vote", body)
        except (OSError, http.client.HTTPException):
            diary.num_resent += 1
            time.sleep(0.05)
            continue
        assert status < 500, answer
        return status, answer
    raise TimeoutError(f"no answer about item {item}")


def kill_workers(site: LiveSite, until: threading.Event) -> int:
    """Kill -9 one of the server's processes now and then; how many were killed.

    Only such as have had time to start, and not for ever: who dies young starts later each time.
    """
    dice = random.Random(9)
    num = 0
    while num < MOST_KILLS and not until.wait(dice.uniform(0.3, 1.0)):
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
        voters = [
            threading.Thread(target=vote_stubbornly, args=(site, who, diary), daemon=True)
            for who, diary in enumerate(diaries)
        ]
        done = threading.Event()
        killed: list[int] = []
        killer = threading.Thread(target=lambda: killed.append(kill_workers(site, done)))
        for thread in [*voters, killer]:
            thread.start()
        wait_for_votes(diaries, at_least=60)
        end_leases(database, people=2)
        for thread in voters:
            thread.join(timeout=240)
        done.set()
        killer.join()
        assert not any(thread.is_alive() for thread in voters)

    with sqlite3.connect(database) as connection:
        history = connection.execute(
            "SELECT image_id, volunteer_id, verdict FROM votes_voteevent ORDER BY id"
        ).fetchall()
        stored = connection.execute(
            "SELECT item.id, person.username, vote.verdict FROM votes_vote vote"
            " JOIN batches_batchitem item ON item.image_id = vote.image_id"
            " JOIN projects_user person ON person.id = vote.volunteer_id"
        ).fetchall()
        keys = {key for (key,) in connection.execute("SELECT client_key FROM votes_voteevent")}
    connection.close()

    acknowledged = {
        (item, f"v{who}", verdict)
        for who, diary in enumerate(diaries)
        for item, (_key, verdict) in diary.accepted.items()
    }
    assert set(stored) == acknowledged
    assert len(history) == len(stored)
    accepted_keys = {key.replace("-", "") for d in diaries for key, _verdict in d.accepted.values()}
    assert keys == accepted_keys
    assert over_votes(history) == 0
    # The story was a hard one: servers died, answers were lost, and leases ended.
    assert killed[0] >= 3
    assert sum(diary.num_resent for diary in diaries) > 0
    assert {"enough_votes", "lease_expired"} <= set().union(*(d.refused for d in diaries))
