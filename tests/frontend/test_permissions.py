"""Every route, asked for by everybody: each gets in exactly where their role allows."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from curation import store
from curation.batches.models import Assignment, Batch, BatchItem
from curation.images.models import Image
from curation.projects.models import Invitation, Membership, Project, Role, User
from curation.releases.freeze_release import freeze_release
from curation.sources.models import ImportRun, Source, SourceKind
from curation.subjects.models import LookAlike, Portrait, Subject
from curation.votes.models import Verdict, Vote
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


@dataclass(frozen=True)
class Rule:
    """The lowest rank that a method of a route lets in."""

    method: str
    lowest: Rank
    body: dict[str, Any] | None = None
    exactly: frozenset[Rank] = frozenset()
    """Instead of a lowest rank, just these."""

    def admits(self, rank: Rank) -> bool:
        return rank in self.exactly if self.exactly else rank >= self.lowest


def get(lowest: Rank) -> Rule:
    return Rule("get", lowest)


def post(lowest: Rank, **body: Any) -> Rule:
    return Rule("post", lowest, body)


RULES: dict[str, list[Rule]] = {
    "home": [get(Rank.STRANGER)],
    "schema": [get(Rank.STRANGER)],
    "manual": [get(Rank.STRANGER)],
    "language": [post(Rank.NOBODY, language="en")],
    "project": [get(Rank.VOLUNTEER)],
    "members": [get(Rank.ORGANISER)],
    "invite_member": [post(Rank.ADMIN, role="volunteer")],
    "member_role": [post(Rank.ADMIN, role="volunteer")],
    "member_removal": [post(Rank.ADMIN)],
    "take_back_invitation": [post(Rank.ADMIN)],
    "subject": [get(Rank.ORGANISER)],
    "derived": [get(Rank.ORGANISER)],
    "new_subject": [get(Rank.ORGANISER), post(Rank.ORGANISER, name="Cai", slug="cai")],
    "portrait": [get(Rank.VOLUNTEER)],
    "look_alike": [get(Rank.VOLUNTEER)],
    "subject_settings": [get(Rank.ORGANISER)],
    "add_portraits": [post(Rank.ORGANISER)],
    "remove_portrait": [post(Rank.ORGANISER)],
    "add_look_alike": [post(Rank.ORGANISER)],
    "remove_look_alike": [post(Rank.ORGANISER)],
    "consents": [get(Rank.ORGANISER), post(Rank.ADMIN)],
    "withdraw_consent": [post(Rank.ADMIN, note="asked for it")],
    "evidence": [get(Rank.ADMIN)],
    "sources": [get(Rank.ORGANISER), post(Rank.ORGANISER)],
    "import_run": [get(Rank.ORGANISER)],
    "image_thumb": [get(Rank.ORGANISER)],
    "image_preview": [get(Rank.ORGANISER)],
    "images": [get(Rank.ORGANISER)],
    "image": [get(Rank.ORGANISER)],
    "cut_batches": [post(Rank.ORGANISER, size=10)],
    "assign_batch": [post(Rank.ORGANISER)],
    "revoke_batch": [post(Rank.ORGANISER)],
    "close_batch": [post(Rank.ORGANISER)],
    "reopen_batch": [post(Rank.ORGANISER)],
    "return_batch": [Rule("post", Rank.HOLDER, {}, exactly=frozenset({Rank.HOLDER}))],
    "item_thumb": [get(Rank.HOLDER)],
    "item_preview": [get(Rank.HOLDER)],
    "batches": [get(Rank.ORGANISER)],
    "batch": [get(Rank.HOLDER)],
    "batch_decisions": [get(Rank.ORGANISER)],
    "desk": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_desk": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_standing": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_vote": [
        Rule(
            "put",
            Rank.HOLDER,
            {"verdict": "keep", "reasons": [], "client_key": str(uuid.uuid4())},
            exactly=frozenset({Rank.HOLDER}),
        ),
        Rule("delete", Rank.HOLDER, exactly=frozenset({Rank.HOLDER})),
    ],
    "contested": [get(Rank.ORGANISER)],
    "contested_image": [get(Rank.ORGANISER), post(Rank.ORGANISER, verdict="keep")],
    "withdraw_ruling": [post(Rank.ORGANISER)],
    "releases": [get(Rank.ORGANISER), post(Rank.ORGANISER)],
    "release": [get(Rank.ORGANISER)],
    "release_manifest": [get(Rank.ORGANISER)],
    "release_zip": [get(Rank.ORGANISER)],
    "runs": [get(Rank.ORGANISER)],
    "new_run": [get(Rank.ADMIN), post(Rank.ADMIN)],
    "run": [get(Rank.ORGANISER)],
    "run_preview": [get(Rank.ORGANISER)],
    "api_run": [get(Rank.ORGANISER)],
    "api_run_losses": [get(Rank.ORGANISER)],
    "api_run_stop": [post(Rank.ADMIN)],
    "api_run_resume": [post(Rank.ADMIN)],
    "api_run_save": [post(Rank.ADMIN)],
    "api_run_preview": [post(Rank.ADMIN)],
}

ELSEWHERE = {
    "new_project": "only the site's staff, whatever their role: tests/curation/projects",
    "invitation": "whoever has the link: tests/curation/projects",
}
"""Routes whose door is not a role, and where they are tested."""


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The names of all routes of ours; allauth's own are its to test."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif pattern.name and not pattern.name.startswith(("account_", "mfa_")):
            yield pattern.name


def test_every_route_is_in_the_table() -> None:
    assert set(routes(get_resolver().url_patterns)) == set(RULES) | set(ELSEWHERE)


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
    subjects = {"project": project.slug, "subject": subject.slug}
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
    ids = {
        "membership_id": Membership.objects.get(project=project, user=holder).pk,
        "invitation_id": Invitation.objects.create(
            project=project,
            role=Role.VOLUNTEER,
            token_digest="0" * 64,
            created_by=admin,
            expires_at=timezone.now() + dt.timedelta(days=1),
        ).pk,
        "portrait_id": portrait.pk,
        "look_alike_id": look_alike.pk,
        "consent_id": subject.consents.get().pk,
        "import_run_id": ImportRun.objects.create(
            source=source, kind=SourceKind.FOLDER, path="/nowhere", given_as="nowhere"
        ).pk,
        "batch_id": batch.pk,
        "item_id": items[0].pk,
        "run_id": run.pk,
        "position": 1,
        "number": 1,
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
    return freeze_release(subject=bob, actor=admin)


def _faces(subject: Subject) -> tuple[Portrait, LookAlike]:
    digest = store.put(picture_bytes(7, format="WEBP"))
    return (
        Portrait.objects.create(subject=subject, sha256=digest),
        LookAlike.objects.create(subject=subject, name="Eve", how_to_tell="-", sha256=digest),
    )


def _address(name: str, given: dict[str, Any]) -> str:
    """The address of a route, from those of the given things that it asks for."""
    wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
    return reverse(name, kwargs={key: given[key] for key in wanted})


CASES = [
    pytest.param(name, rule, id=f"{rule.method} {name}")
    for name, rules in RULES.items()
    for rule in rules
]


@pytest.mark.parametrize(("name", "rule"), CASES)
def test_each_gets_in_where_their_role_allows(world: World, name: str, rule: Rule) -> None:
    for rank in Rank:
        with transaction.atomic():
            answer = _ask(world, name, rule, rank)
            transaction.set_rollback(True)  # the next one finds the world as it was
        said = f"{rank.name} got {answer.status_code}"
        if rule.admits(rank):
            assert answer.status_code in {200, 201, 202, 204, 302, 400, 404, 409}, said
            assert not _went_to_sign_in(answer), said
            assert answer.status_code != 404 or _exists_but_is_empty(name), said
        elif rank == Rank.NOBODY:
            is_refused = answer.status_code == 401 or _went_to_sign_in(answer)
            assert is_refused, said
        elif rank == Rank.STRANGER:
            assert answer.status_code == 404, said
        else:
            assert answer.status_code in {403, 404}, said


def _ask(world: World, name: str, rule: Rule, rank: Rank) -> Any:
    client = Client()
    if rank in world.people:
        client.force_login(world.people[rank])
    address = _address(name, world.ids)
    sent = _sent(rule, is_api=address.startswith("/api/"))
    if name == "api_vote" and rule.method == "delete":
        address += f"?client_key={uuid.uuid4()}"
    return client.generic(rule.method.upper(), address, **sent)


def _sent(rule: Rule, *, is_api: bool) -> dict[str, Any]:
    if rule.method in {"get", "delete"}:
        return {}
    if is_api:
        return {"data": json.dumps(rule.body or {}), "content_type": "application/json"}
    return {
        "data": encode_multipart(BOUNDARY, rule.body or {}),
        "content_type": MULTIPART_CONTENT,
    }


def _went_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def _exists_but_is_empty(name: str) -> bool:
    """A run that has not started has no preview picture to show yet."""
    return name == "run_preview"
