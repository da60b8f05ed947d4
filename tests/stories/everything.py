"""One of everything that has an address, and somebody of every rank who may ask for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from curation import store
from curation.batches.models import Assignment, Batch, BatchItem
from curation.images.models import Image
from curation.manual.models import ManualExample, ManualVersion
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Invitation, Membership, Project, Role, User
from curation.questions.models import Question
from curation.releases.freeze_release import freeze_release
from curation.sources.models import ImportRun, Source, SourceKind
from curation.subjects.models import LookAlike, Portrait, Subject
from curation.uploads.models import OpenUpload
from curation.votes.models import Vote
from curation.votes.tallies import recount
from tests.conftest import make_consent, picture_bytes
from training.runs.create_run import create_run


class Rank(IntEnum):
    """Who asks, from nobody to the project's admin. A stranger organises another project."""

    NOBODY = 0
    STRANGER = 1
    VOLUNTEER = 2
    HOLDER = 3
    """A volunteer who holds a lease on the batch."""
    ORGANISER = 4
    ADMIN = 5


@dataclass
class World:
    people: dict[Rank, User]
    ids: dict[str, Any]
    """What routes ask for in their addresses."""


@pytest.fixture
def world(
    project: Project,
    subject: Subject,
    volunteer: User,
    organiser: User,
    admin: User,
    stranger: User,
    make_image: Callable[..., Image],
) -> World:
    """One of everything, and somebody of every rank."""
    holder = User.objects.create_user("hanna")
    Membership.objects.create(project=project, user=holder, role=Role.VOLUNTEER)
    subjects = {"project_slug": project.slug, "subject_slug": subject.slug}
    images = [make_image(), make_image()]
    batch = Batch.objects.create(subject=subject, number=1, created_by=organiser)
    items = [
        BatchItem.objects.create(batch=batch, image=image, position=n)
        for n, image in enumerate(images, start=1)
    ]
    Assignment.objects.create(
        batch=batch,
        volunteer=holder,
        created_by=organiser,
        leased_until=timezone.now() + dt.timedelta(days=1),
        granted_until=timezone.now() + dt.timedelta(days=1),
    )
    for person in (volunteer, organiser):
        Vote.objects.create(
            image=images[1],
            volunteer=person,
            verdict=Verdict.KEEP,
            manual_version=1,
            cast_at=timezone.now(),
        )
    recount(Image.objects.filter(pk=images[1].pk))
    release = freeze_release(subject=subject, actor=organiser)
    other = _released_other_subject(project, admin, make_image)
    run = create_run(
        project=project,
        release_a=release,
        release_b=other,
        model="original",
        steps=10,
        batch_size=2,
        actor=admin,
    )
    source = Source.objects.create(subject=subject, label="weibo")
    portrait, look_alike = _faces(subject)
    upload = OpenUpload.objects.create(token="of-nothing", subject=subject, person=organiser)
    ids = {
        "membership_id": Membership.objects.get(project=project, user=holder).pk,
        "person_id": holder.pk,
        "invitation_id": Invitation.objects.create(
            project=project,
            role=Role.VOLUNTEER,
            token_digest="0" * 64,
            created_by=admin,
            expires_at=timezone.now() + dt.timedelta(days=1),
        ).pk,
        "portrait_id": portrait.pk,
        "of": Reason.COVERED.value,
        "version": 1,
        "example_id": _example(subject, portrait.sha256).pk,
        "look_alike_id": look_alike.pk,
        "consent_id": subject.consents.get().pk,
        "import_run_id": ImportRun.objects.create(
            source=source, kind=SourceKind.FOLDER, path="/nowhere", given_as="nowhere"
        ).pk,
        "batch_id": batch.pk,
        "item_id": items[0].pk,
        "image_id": images[0].pk,
        "question_id": Question.objects.create(
            image=images[1],
            batch=batch,
            asked_by=holder,
            text="Is this Eve?",
            asked_at=timezone.now(),
        ).pk,
        "run_id": run.pk,
        "number": 1,
        "token": upload.token,
        "subject_id": subject.pk,
        "file_id": upload.files.create(key="0" * 64, path="1.png", length=1).pk,
        "file": "thumb.webp",
    }
    return World(
        people={
            Rank.STRANGER: stranger,
            Rank.VOLUNTEER: volunteer,
            Rank.HOLDER: holder,
            Rank.ORGANISER: organiser,
            Rank.ADMIN: admin,
        },
        ids=subjects | ids,
    )


def _released_other_subject(project: Project, admin: User, make_image: Callable[..., Image]) -> Any:
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    make_consent(bob, admin)
    image = make_image(of=bob)
    for name in ("wim", "wil"):
        Vote.objects.create(
            image=image,
            volunteer=User.objects.create_user(name),
            verdict=Verdict.KEEP,
            manual_version=1,
            cast_at=timezone.now(),
        )
    recount(Image.objects.filter(pk=image.pk))
    return freeze_release(subject=bob, actor=admin)


def _faces(subject: Subject) -> tuple[Portrait, LookAlike]:
    digest = store.put(picture_bytes(7, format="WEBP"))
    return (
        Portrait.objects.create(subject=subject, sha256=digest),
        LookAlike.objects.create(subject=subject, name="Eve", how_to_tell="-", sha256=digest),
    )


def _example(subject: Subject, sha256: str) -> ManualExample:
    """In the version that everybody reads first, so that no page is that of a newer one."""
    return ManualExample.objects.create(
        version=ManualVersion.objects.get(project=None),
        subject=subject,
        sha256=sha256,
        is_good=True,
        caption_en="Ada in profile",
        caption_zh="侧脸",
    )


def parameters_of(route: str) -> set[str]:
    """What a route asks for in its address."""
    return set(get_resolver().reverse_dict.getlist(route)[0][0][0][1])


def address_of(route: str, given: dict[str, Any]) -> str:
    """The address of a route, from those of the given things that it asks for."""
    return reverse(route, kwargs={key: given[key] for key in parameters_of(route)})


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of all routes of ours; allauth's own are its to test."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif pattern.name and not pattern.name.startswith(("account_", "mfa_")):
            yield pattern.name
