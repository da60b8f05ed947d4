"""Fills an empty site with a release of some size; run as a program.

    DATA_DIR=… python -m tests.config.web.seed_release NUM_IMAGES BYTES_EACH

Prints JSON: the zip's address and an organiser's session key.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import uuid

import django


def main(num_images: int, bytes_each: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415, after setup

    call_command("migrate", verbosity=0)
    print(json.dumps(seed(num_images, bytes_each)))  # noqa: T201, the answer


def seed(num_images: int, bytes_each: int) -> dict[str, str]:
    from django.contrib.auth import (  # noqa: PLC0415
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    from curation import store  # noqa: PLC0415
    from curation.batches.assign_batch import assign_batch  # noqa: PLC0415
    from curation.batches.cut_batches import cut_batches  # noqa: PLC0415
    from curation.images.models import Image  # noqa: PLC0415
    from curation.manual.verdicts import Verdict  # noqa: PLC0415
    from curation.projects.models import Membership, Project, Role, User  # noqa: PLC0415
    from curation.releases.freeze_release import freeze_release  # noqa: PLC0415
    from curation.subjects.models import Consent, Subject  # noqa: PLC0415
    from curation.votes.cast_vote import cast_vote  # noqa: PLC0415
    from frontend.addresses import address  # noqa: PLC0415

    project = Project.objects.create(slug="live", name="Live")
    otto, mei, tao = (User.objects.create_user(name) for name in ("otto", "mei", "tao"))
    Membership.objects.create(project=project, user=otto, role=Role.ORGANISER)
    subject = Subject.objects.create(project=project, slug="ada", name="Ada")
    Consent.objects.create(
        subject=subject,
        basis="invented_person",
        covers_curate=True,
        signed_by="nobody",
        evidence_sha256=store.put(b"evidence"),
        evidence_name="evidence.txt",
        valid_from=dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1),
        recorded_by=otto,
    )
    for number in range(1, num_images + 1):
        digest = store.put(os.urandom(bytes_each))
        Image.objects.create(
            subject=subject,
            number=number,
            name=f"{number}.png",
            sha256=digest,
            bare_sha256=digest,
            bare_size_bytes=bytes_each,
            bare_format="PNG",
            size_bytes=bytes_each,
            width=1,
            height=1,
            format="PNG",
        )
    subject.last_number = num_images
    subject.save()
    (batch,) = cut_batches(subject=subject, size=num_images, actor=otto)
    for person in (mei, tao):
        Membership.objects.create(project=project, user=person, role=Role.VOLUNTEER)
        assign_batch(batch=batch, volunteer=person, actor=otto)
        for item in batch.items.all():
            cast_vote(
                item_id=item.pk,
                volunteer=person,
                verdict=Verdict.KEEP,
                reasons=[],
                client_key=uuid.uuid4(),
            )
    release = freeze_release(subject=subject, actor=otto)
    session = SessionStore()
    session[SESSION_KEY] = str(otto.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = otto.get_session_auth_hash()
    session.save()
    return {"zip": address("release_zip", release), "session": str(session.session_key)}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
