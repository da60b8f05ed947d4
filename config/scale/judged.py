"""Votes without voters: batches, who holds them, what they said, what an organiser settled."""

from __future__ import annotations

import datetime as dt
import random
from uuid import UUID

from django.utils import timezone

from config.scale.rows import write, write_all
from curation.batches.models import Assignment, Batch, BatchItem
from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.manual.selectors import current_version
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import Vote, VoteEvent
from curation.votes.tallies import recount, tally_of
from curation.votes.voting_rule import Outcome, outcome, votes_wanted

BATCH_SIZE = 100

Story = tuple[Image, list[tuple[User, str]]]
"""An image of a batch, and who said what of it, in order."""


def add_batches(
    subject: Subject, images: list[Image], admin: User
) -> list[tuple[Batch, list[Image]]]:
    """Cut the images into batches, in order."""
    parts = [images[start : start + BATCH_SIZE] for start in range(0, len(images), BATCH_SIZE)]
    batches = list(
        write(
            Batch,
            (
                Batch(subject=subject, number=number, created_by=admin)
                for number in range(1, len(parts) + 1)
            ),
        )
    )
    cut = list(zip(batches, parts, strict=True))
    write_all(
        BatchItem,
        (
            BatchItem(batch=batch, image=image, position=position)
            for batch, part in cut
            for position, image in enumerate(part, start=1)
        ),
    )
    return cut


def add_leases(batch: Batch, voters: list[User], admin: User) -> None:
    """Hand the batch out to all of them."""
    now = timezone.now()
    until = now + dt.timedelta(days=30)
    Assignment.objects.bulk_create(
        Assignment(
            batch=batch,
            volunteer=person,
            leased_until=until,
            granted_until=until,
            handed_at=now,
            created_by=admin,
        )
        for person in voters
    )


def said_of(voters: list[User], chance: random.Random) -> list[tuple[User, str]]:
    """What they say of one image: each in turn, as long as a further vote is wanted."""
    is_good = chance.random() < 0.7
    right, wrong = (Verdict.KEEP, Verdict.REJECT) if is_good else (Verdict.REJECT, Verdict.KEEP)
    said: list[tuple[User, str]] = []
    for person in voters:
        if not votes_wanted(tally_of([verdict for _who, verdict in said])):
            break
        (verdict,) = chance.choices((right, wrong, Verdict.UNSURE), (0.9, 0.06, 0.04))
        said.append((person, verdict))
    return said


def add_votes(
    subject: Subject, stories: list[Story], batch_of: dict[int, Batch], chance: random.Random
) -> None:
    """What they said, with its history, and the tallies of it."""
    now, version = timezone.now(), current_version(subject.project)

    def reasons(verdict: str) -> str:
        return "blurry" if verdict == Verdict.REJECT else ""

    write_all(
        Vote,
        (
            Vote(
                image=image,
                volunteer=person,
                verdict=verdict,
                reason_codes=reasons(verdict),
                manual_version=version,
                cast_at=now,
            )
            for image, said in stories
            for person, verdict in said
        ),
    )
    recount(Image.objects.filter(subject=subject, votes__isnull=False))
    write_all(
        VoteEvent,
        (
            VoteEvent(
                image=image,
                volunteer=person,
                batch=batch_of[image.pk],
                verdict=verdict,
                reason_codes=reasons(verdict),
                manual_version=version,
                client_key=UUID(int=chance.getrandbits(128)),
                at=now,
            )
            for image, said in stories
            for person, verdict in said
        ),
    )


def add_rulings(stories: list[Story], admin: User, chance: random.Random) -> None:
    """An organiser has settled half of what the votes left open, and overruled a little."""
    now = timezone.now()

    def is_ruled(said: list[tuple[User, str]]) -> bool:
        is_contested = outcome(tally_of([each for _who, each in said])) is Outcome.CONTESTED
        return chance.random() < (0.5 if is_contested else 0.002)

    write_all(
        Ruling,
        (
            Ruling(image=image, verdict=Verdict.KEEP, ruled_by=admin, ruled_at=now)
            for image, said in stories
            if is_ruled(said)
        ),
    )
