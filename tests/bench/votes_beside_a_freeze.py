"""The part of `bench_freeze` that runs in a database of its own: images, voters, a freeze."""

from __future__ import annotations

import json
import sys
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from django.core.management import call_command  # noqa: E402, after the set-up
from django.db import connections  # noqa: E402

from config.scale.make import Scale, make_scale_data  # noqa: E402
from curation.batches.models import BatchItem  # noqa: E402
from curation.manual.verdicts import Verdict  # noqa: E402
from curation.projects.models import User  # noqa: E402
from curation.releases.freeze_release import freeze_release  # noqa: E402
from curation.subjects.models import Subject  # noqa: E402
from curation.votes.cast_vote import cast_vote  # noqa: E402
from curation.votes.models import Vote  # noqa: E402

SECONDS_ALONE = 5.0


class Voter(threading.Thread):
    """Changes their mind about pictures of their own, one after the other, until told to stop."""

    def __init__(self, user: User, items: list[int]) -> None:
        super().__init__()
        self.user, self.items = user, items
        self.took: list[tuple[float, float]] = []
        """When each vote began, and how long it took, in seconds."""
        self.stop = threading.Event()

    def run(self) -> None:
        turn = 0
        while not self.stop.is_set():
            verdict = (Verdict.UNSURE, Verdict.KEEP)[turn // len(self.items) % 2]
            begun = time.perf_counter()
            cast_vote(
                item_id=self.items[turn % len(self.items)],
                volunteer=self.user,
                verdict=verdict,
                client_key=uuid4(),
            )
            self.took.append((begun, time.perf_counter() - begun))
            turn += 1
        connections.close_all()


def voters_of(subject: Subject, num: int) -> list[Voter]:
    """Voters with a hundred pictures of one of their batches each."""
    voters = []
    for user in User.objects.filter(username__startswith="scale-").order_by("pk")[1 : num + 1]:
        voted = Vote.objects.filter(volunteer=user, image__subject=subject)
        items = BatchItem.objects.filter(
            image__votes__in=voted, batch__closed_at=None, batch__assignments__volunteer=user
        )
        voters.append(Voter(user, list(items.values_list("pk", flat=True)[:100])))
    return voters


def freeze(subject_id: int) -> tuple[float, float, int]:
    """When a freeze began and ended, and what it froze. In a process of its own, as a worker is."""
    subject = Subject.objects.select_related("project").get(pk=subject_id)
    begun = time.perf_counter()
    release = freeze_release(subject=subject, actor=None)
    return begun, time.perf_counter(), release.num_images


def main() -> None:
    num_images, num_voters = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", verbosity=0)
    project = make_scale_data(Scale(images=num_images), report=lambda _: None)
    subject = Subject.objects.select_related("project").get(project=project)
    voters = voters_of(subject, num_voters)
    for voter in voters:
        voter.start()
    time.sleep(SECONDS_ALONE)
    with get_context("spawn").Pool(1) as worker:
        begun, ended, num_frozen = worker.apply(freeze, (subject.pk,))
    for voter in voters:
        voter.stop.set()
        voter.join()
    votes = [vote for voter in voters for vote in voter.took]
    beside = [took for at, took in votes if at + took >= begun and at <= ended]
    alone = [took for at, took in votes if at + took < begun]
    told = {
        "frozen": num_frozen,
        "seconds": ended - begun,
        "votes": len(beside),
        "beside": max(beside) * 1000,
        "alone": max(alone) * 1000,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
