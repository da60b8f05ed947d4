"""An evening: fifty people judge for two minutes, each at their own pace, on PostgreSQL.

    python tests/bench/bench_people.py [--people 50] [--seconds 120] [--pause 1.5]

Everybody votes, looks at the next picture for PAUSE seconds on average, and votes again; every
tenth time they ask for a bare view instead: the floor of this machine under the same load. Fails
when a vote's 95th percentile is over BUDGET_MS, or when any answer is an error. What asks as fast
as it can is bench_votes.py.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.databases import POSTGRESQL, postgresql
from tests.curation.votes.live_site import Client, LiveSite, live_site

BUDGET_MS = 100.0
FLOOR_EVERY = 10
"""Each person's every tenth request is for the bare view."""


@dataclass(frozen=True)
class Answer:
    kind: str
    status: int
    ms: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=50)
    arguments.add_argument("--seconds", type=float, default=120.0)
    arguments.add_argument("--pause", type=float, default=1.5, help="seconds a picture, on average")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        if not url:
            print(f"PostgreSQL: none answers at {POSTGRESQL}; left out")
            return
        num_images = min(1000, int(given.people * given.seconds / given.pause))  # a full batch
        with live_site(
            Path(folder),
            num_people=given.people,
            num_images=num_images,
            database_url=url,
            settings="tests.bench.floor_settings",
        ) as site:
            answers = evening(site, given.seconds, given.pause)
    sys.exit(0 if report(answers, given.people, given.seconds) else 1)


def evening(site: LiveSite, seconds: float, pause: float) -> list[Answer]:
    """All that everybody was answered."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(len(site.sessions)) as everybody:
        evenings = [
            everybody.submit(judge, site, session, until, pause) for session in site.sessions
        ]
        return [answer for each in evenings for answer in each.result()]


def judge(site: LiveSite, session: str, until: float, pause: float) -> list[Answer]:
    """One person at their desk until the evening is over."""
    chance = random.Random(session)
    client = Client(site.port, session)
    time.sleep(chance.random() * pause)
    answers: list[Answer] = []
    pictures = chance.sample(site.items, len(site.items))
    while time.monotonic() < until and pictures:
        time.sleep(chance.expovariate(1 / pause))
        vote = {"verdict": "keep", "reasons": [], "client_key": str(uuid4())}
        if chance.randrange(FLOOR_EVERY):
            path = f"/api/v1/items/{pictures.pop()}/vote"
            answers.append(ask(client, "vote", "PUT", path, vote))
        else:
            answers.append(ask(client, "floor", "PUT", "/bench/floor", vote))
    return answers


def ask(client: Client, kind: str, method: str, path: str, body: object = None) -> Answer:
    """As a browser does: where the server has closed an idle connection, on a new one."""
    begun = time.monotonic()
    status = 0
    for _connection in ("idle", "new"):
        try:
            status, _answer = client.request(method, path, body)
            break
        except OSError:
            continue
    return Answer(kind, status, (time.monotonic() - begun) * 1000)


def report(answers: list[Answer], people: int, seconds: float) -> bool:
    """Print the numbers; says whether the budget is met."""
    print(f"PostgreSQL: {people} people for {seconds:.0f} s")
    # 409: enough others have judged the picture.
    errors = [each for each in answers if each.status not in {200, 409}]
    p95 = {}
    for kind in ("floor", "vote"):
        ms = [each.ms for each in answers if each.kind == kind and each.status == 200]
        cuts = statistics.quantiles(ms, n=100)
        p95[kind] = cuts[94]
        print(f"  {kind:6}{len(ms):6d}  p50 {cuts[49]:7.1f}  p95 {cuts[94]:7.1f} ms", end="")
        print(f"  max {max(ms):7.1f} ms")
    print(f"  errors {len(errors)} {dict(Counter(each.status for each in errors))}")
    met = p95["vote"] <= BUDGET_MS and not errors
    print("  budget met" if met else f"  NOT MET: p95 of a vote <= {BUDGET_MS:.0f} ms, 0 errors")
    return met


if __name__ == "__main__":
    main()
