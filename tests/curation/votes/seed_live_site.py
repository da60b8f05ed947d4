"""Fills an empty site with one subject, its batches and signed-in volunteers; run as a program.

    DATA_DIR=… python -m tests.curation.votes.seed_live_site NUM_PEOPLE NUM_IMAGES [NUM_JUDGED]

The images lie in one batch, in several where one would be too large. `NUM_JUDGED` images more lie
in an earlier one, which is closed. Prints JSON: the first open batch's id, the ids of all open
items and a session key for each volunteer.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from typing import Any
from uuid import uuid4

import django


def main(num_people: int, num_images: int, num_judged: int = 0) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415, after setup
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    seeded = seed(num_people, num_images, num_judged)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself, a minute after an import
    print(json.dumps(seeded))  # noqa: T201, the answer


def seed(num_people: int, num_images: int, num_judged: int = 0) -> dict[str, object]:
    """`num_images` in batches, each of them in the hands of all `num_people`."""
    from curation.batches.assign_batch import assign_batch  # noqa: PLC0415, after setup
    from curation.batches.cut_batches import LARGEST_SIZE, cut_batches  # noqa: PLC0415
    from curation.batches.models import BatchItem  # noqa: PLC0415
    from curation.projects.models import Membership, Project, Role, User  # noqa: PLC0415
    from curation.subjects.models import Consent, Subject  # noqa: PLC0415

    project = Project.objects.create(slug="live", name="Live")
    organiser = User.objects.create(username="otto")
    Membership.objects.create(project=project, user=organiser, role=Role.ORGANISER)
    subject = Subject.objects.create(project=project, slug="ada", name="Ada")
    Consent.objects.create(
        subject=subject,
        basis="invented_person",
        covers_curate=True,
        signed_by="nobody",
        evidence_sha256="0" * 64,
        evidence_name="evidence.txt",
        valid_from=dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1),
        recorded_by=organiser,
    )
    if num_judged:
        judge_some(images_of(subject, num_judged), organiser)
    images_of(subject, num_images)
    size = min(num_images, LARGEST_SIZE)
    batches = cut_batches(subject=subject, size=size, actor=organiser)
    sessions = []
    for number in range(num_people):
        person = User.objects.create(username=f"v{number}")
        Membership.objects.create(project=project, user=person, role=Role.VOLUNTEER)
        for batch in batches:
            assign_batch(batch=batch, volunteer=person, actor=organiser)
        sessions.append(_session_of(person))
    items = BatchItem.objects.filter(batch__in=batches).order_by("batch", "position")
    return {
        "batch": batches[0].pk,
        "items": list(items.values_list("pk", flat=True)),
        "sessions": sessions,
    }


def images_of(subject: Any, num: int) -> list[Any]:
    """Rows without bytes."""
    from curation.images.models import Image  # noqa: PLC0415, after setup

    first = subject.images.count() + 1
    return Image.objects.bulk_create(
        Image(
            subject=subject,
            number=number,
            name=f"图 {number}.png",
            sha256=f"{number:064x}",
            size_bytes=1,
            width=1,
            height=1,
            format="PNG",
            bare_sha256=f"{number:064x}",
            bare_size_bytes=1,
            bare_format="PNG",
        )
        for number in range(first, first + num)
    )


def judge_some(images: list[Any], person: Any) -> None:
    """Votes of an earlier evening, in a batch that is closed: no site votes into empty tables."""
    from django.utils import timezone  # noqa: PLC0415, after setup

    from curation.batches.cut_batches import cut_batches  # noqa: PLC0415
    from curation.images.models import Image  # noqa: PLC0415
    from curation.votes.models import Vote, VoteEvent  # noqa: PLC0415
    from curation.votes.tallies import recount  # noqa: PLC0415

    (batch,) = cut_batches(subject=images[0].subject, size=len(images), actor=person)
    now = timezone.now()
    said = {"volunteer": person, "verdict": "keep", "manual_version": 1}
    Vote.objects.bulk_create(Vote(image=each, cast_at=now, **said) for each in images)
    VoteEvent.objects.bulk_create(
        VoteEvent(image=each, batch=batch, client_key=uuid4(), at=now, **said) for each in images
    )
    recount(Image.objects.filter(batch_item__batch=batch))
    batch.closed_at = now
    batch.save()


def _session_of(person: object) -> str:
    """The key of a session in which the person is signed in."""
    from django.contrib.auth import (  # noqa: PLC0415, after setup
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
