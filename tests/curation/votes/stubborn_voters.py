"""Volunteers who vote on everything and send again, under the same key, what got no answer."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from tests.curation.votes.live_site import Client, LiveSite

PATIENCE_SECONDS = 60


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
    """The answer; 503 is none, for it says to ask again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            status, answer = client.request("PUT", f"/api/v1/items/{item}/vote", body)
        except (OSError, http.client.HTTPException):
            status, answer = 503, {}
        if status != 503:
            assert status < 500, answer
            return status, answer
        diary.num_resent += 1
        time.sleep(0.05)
    raise TimeoutError(f"no answer about item {item}")


@contextmanager
def voting(
    site: LiveSite, diaries: list[Diary], *, patience: float = 240
) -> Iterator[list[threading.Thread]]:
    """Everybody votes meanwhile, and is done at the end."""
    voters = [
        threading.Thread(target=vote_stubbornly, args=(site, who, diary), daemon=True)
        for who, diary in enumerate(diaries)
    ]
    for voter in voters:
        voter.start()
    yield voters
    for voter in voters:
        voter.join(timeout=patience)
    assert not any(voter.is_alive() for voter in voters), "somebody gave up or still waits"


def acknowledged(diaries: list[Diary]) -> set[tuple[int, str, str]]:
    """By everybody's diary: item, name, verdict."""
    return {
        (item, f"v{who}", verdict)
        for who, diary in enumerate(diaries)
        for item, (_key, verdict) in diary.accepted.items()
    }


STORED = (
    "SELECT item.id, person.username, vote.verdict FROM votes_vote vote"
    " JOIN batches_batchitem item ON item.image_id = vote.image_id"
    " JOIN projects_user person ON person.id = vote.volunteer_id"
)
HISTORY = "SELECT image_id, volunteer_id, verdict FROM votes_voteevent ORDER BY id"
