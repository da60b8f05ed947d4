"""Every route, asked for by everybody: each gets in exactly where their role allows."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import get_resolver

from curation.batches.models import BatchItem
from curation.images.models import Image
from curation.manual.models import ManualExample
from curation.subjects.models import Portrait
from frontend.pictures.token import Shown
from tests.stories.everything import Rank, World, address_of, routes
from tests.stories.pictures import old_address


@dataclass(frozen=True)
class Rule:
    """The lowest rank that a method of a route lets in."""

    method: str
    lowest: Rank
    body: dict[str, Any] | None = None
    exactly: frozenset[Rank] = frozenset()
    """Instead of a lowest rank, just these."""
    of: str = ""
    """Which picture an address is of."""

    def admits(self, rank: Rank) -> bool:
        return rank in self.exactly if self.exactly else rank >= self.lowest


def get(lowest: Rank) -> Rule:
    return Rule("get", lowest)


def post(lowest: Rank, **body: Any) -> Rule:
    return Rule("post", lowest, body)


def held(method: str, **body: Any) -> Rule:
    """What only whoever has the batch may do."""
    return Rule(method, Rank.HOLDER, body, exactly=frozenset({Rank.HOLDER}))


RULES: dict[str, list[Rule]] = {
    "home": [get(Rank.STRANGER)],
    "schema": [get(Rank.STRANGER)],
    "manual": [get(Rank.STRANGER)],
    "me": [get(Rank.STRANGER)],
    "project_manual": [get(Rank.VOLUNTEER)],
    "manual_version": [get(Rank.VOLUNTEER)],
    "manual_versions": [get(Rank.ORGANISER)],
    "old_text": [get(Rank.ORGANISER)],
    "edit_manual": [get(Rank.ORGANISER), post(Rank.ORGANISER, seen=1, drawn=1)],
    "edit_manual_reason": [get(Rank.ORGANISER), post(Rank.ORGANISER)],
    "add_manual_example": [post(Rank.ORGANISER)],
    "remove_manual_example": [post(Rank.ORGANISER, seen=1)],
    "service_worker": [get(Rank.NOBODY)],
    "language": [post(Rank.NOBODY, language="en")],
    "project": [get(Rank.VOLUNTEER)],
    "project_settings": [
        get(Rank.ADMIN),
        post(Rank.ADMIN, name="Fans", time_zone="UTC", rule="plain"),
    ],
    "members": [get(Rank.ORGANISER)],
    "invite_member": [
        post(Rank.ORGANISER, role="volunteer", places=10, days=7),
        post(Rank.ORGANISER, role="admin", places=1, days=7),
    ],
    "member_role": [post(Rank.ADMIN, role="volunteer")],
    "member_removal": [post(Rank.ADMIN)],
    "take_back_invitation": [post(Rank.ORGANISER)],
    "log": [get(Rank.ADMIN)],
    "export_log": [get(Rank.ADMIN)],
    "sign_ins": [get(Rank.ADMIN)],
    "make_reset_link": [post(Rank.ADMIN)],
    "deactivate": [post(Rank.ADMIN)],
    "reactivate": [post(Rank.ADMIN)],
    "subject": [get(Rank.ORGANISER)],
    "derived": [get(Rank.ORGANISER)],
    "new_subject": [get(Rank.ORGANISER), post(Rank.ORGANISER, name="Cai", slug="cai")],
    "subject_settings": [get(Rank.ORGANISER)],
    "add_portraits": [post(Rank.ORGANISER)],
    "remove_portrait": [post(Rank.ORGANISER)],
    "add_look_alike": [post(Rank.ORGANISER)],
    "remove_look_alike": [post(Rank.ORGANISER)],
    "name_proposed": [post(Rank.ORGANISER, first=1, name="Eve", how_to_tell="-")],
    "dismiss_proposed": [post(Rank.ORGANISER, first=1)],
    "consents": [get(Rank.ORGANISER), post(Rank.ADMIN)],
    "withdraw_consent": [post(Rank.ADMIN, note="asked for it")],
    "evidence": [get(Rank.ADMIN)],
    "sources": [get(Rank.ORGANISER), post(Rank.ORGANISER)],
    "labels": [get(Rank.ORGANISER), post(Rank.ORGANISER)],
    "settle_by_labels": [post(Rank.ORGANISER, export="labels.csv")],
    "import_bucket": [post(Rank.ORGANISER)],
    "import_web": [post(Rank.ORGANISER)],
    "import_run": [get(Rank.ORGANISER)],
    "cancel_import": [post(Rank.ORGANISER)],
    "try_import_again": [post(Rank.ORGANISER)],
    "answer_import": [post(Rank.ORGANISER)],
    "try_analyses_again": [post(Rank.ORGANISER)],
    "weights": [get(Rank.ORGANISER)],
    "weigh_again": [post(Rank.ORGANISER)],
    "quality": [get(Rank.ORGANISER)],
    "quality_table": [get(Rank.ORGANISER)],
    "votes_of_person": [
        get(Rank.ORGANISER),
        post(Rank.ORGANISER, since="2026-11-01T00:00", before="2026-11-02T00:00"),
    ],
    "images": [get(Rank.ORGANISER)],
    "image": [get(Rank.ORGANISER)],
    "go_to_image": [get(Rank.ORGANISER)],
    "mark_gold": [post(Rank.ORGANISER, verdict="keep")],
    "unmark_gold": [post(Rank.ORGANISER)],
    "notices": [get(Rank.STRANGER), post(Rank.STRANGER)],
    "take_work": [post(Rank.STRANGER)],
    "api_take_work": [post(Rank.STRANGER)],
    "hand_out": [post(Rank.ORGANISER)],
    "batch_people": [get(Rank.ORGANISER)],
    "batch_acts": [post(Rank.ORGANISER)],
    "people_acts": [post(Rank.ORGANISER)],
    "cut_batches": [post(Rank.ORGANISER, size=10)],
    "assign_batch": [post(Rank.ORGANISER)],
    "revoke_batch": [post(Rank.ORGANISER)],
    "close_batch": [post(Rank.ORGANISER)],
    "reopen_batch": [post(Rank.ORGANISER)],
    "return_batch": [held("post")],
    "return_part": [held("post", keep=1)],
    "pack": [held("get"), held("post")],
    "pack_zip": [held("get")],
    "pack_slip": [held("get")],
    "cast_pack": [held("post")],
    "picture": [
        Rule("get", Rank.HOLDER, of="picture"),
        Rule("get", Rank.ORGANISER, of="picture in no batch"),
        Rule("get", Rank.VOLUNTEER, of="face"),
        Rule("get", Rank.VOLUNTEER, of="example"),
    ],
    "api_cases": [get(Rank.ORGANISER)],
    "api_ruling": [
        Rule("put", Rank.ORGANISER, {"verdict": "keep"}),
        Rule("delete", Rank.ORGANISER),
    ],
    "batches": [get(Rank.ORGANISER)],
    "batch": [get(Rank.HOLDER)],
    "batch_decisions": [get(Rank.ORGANISER)],
    "desk": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "practice": [
        Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER})),
        Rule(
            "post",
            Rank.HOLDER,
            {"said": "nothing that can be said"},
            exactly=frozenset({Rank.HOLDER}),
        ),
    ],
    "api_desk": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_lease": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_near": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_distinct": [held("post"), held("delete")],
    "api_standing": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_weight": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_vote": [
        Rule(
            "put",
            Rank.HOLDER,
            {"verdict": "keep", "reasons": [], "client_key": str(uuid.uuid4())},
            exactly=frozenset({Rank.HOLDER}),
        ),
        Rule("delete", Rank.HOLDER, exactly=frozenset({Rank.HOLDER})),
    ],
    "questions": [get(Rank.ORGANISER)],
    "question": [get(Rank.ORGANISER), post(Rank.ORGANISER, answer="Yes.")],
    "api_questions": [Rule("get", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "api_question": [
        Rule("put", Rank.HOLDER, {"text": "Eve?"}, exactly=frozenset({Rank.HOLDER})),
        Rule("delete", Rank.HOLDER, exactly=frozenset({Rank.HOLDER})),
    ],
    "api_told": [Rule("post", Rank.HOLDER, exactly=frozenset({Rank.HOLDER}))],
    "duplicates": [get(Rank.ORGANISER)],
    "settle_duplicates": [post(Rank.ORGANISER)],
    "mark_distinct": [post(Rank.ORGANISER)],
    "undo_duplicates": [post(Rank.ORGANISER)],
    "compare_again": [post(Rank.ORGANISER)],
    "hints": [get(Rank.ORGANISER)],
    "make_hints_again": [post(Rank.ORGANISER)],
    "api_open_upload": [post(Rank.ORGANISER)],
    "api_upload": [Rule("delete", Rank.ORGANISER, exactly=frozenset({Rank.ORGANISER}))],
    "api_upload_files": [
        Rule("post", Rank.ORGANISER, exactly=frozenset({Rank.ORGANISER})),
    ],
    "api_upload_file": [
        Rule("head", Rank.ORGANISER, exactly=frozenset({Rank.ORGANISER})),
        Rule("delete", Rank.ORGANISER, exactly=frozenset({Rank.ORGANISER})),
    ],
    "contested": [get(Rank.ORGANISER)],
    "contested_image": [get(Rank.ORGANISER), post(Rank.ORGANISER, verdict="keep")],
    "withdraw_ruling": [post(Rank.ORGANISER)],
    "votes_table": [get(Rank.ORGANISER)],
    "coverage": [get(Rank.ORGANISER)],
    "releases": [get(Rank.ORGANISER), post(Rank.ORGANISER)],
    "summary": [get(Rank.ORGANISER)],
    "build_release": [get(Rank.ORGANISER)],
    "confirm_release": [get(Rank.ORGANISER)],
    "release": [get(Rank.ORGANISER)],
    "release_manifest": [get(Rank.ORGANISER)],
    "release_zip": [get(Rank.ORGANISER)],
    "release_originals": [get(Rank.ORGANISER)],
    "runs": [get(Rank.ORGANISER)],
    "new_run": [get(Rank.ADMIN), post(Rank.ADMIN)],
    "run": [get(Rank.ORGANISER)],
    "run_preview": [get(Rank.ORGANISER)],
    "api_grid": [get(Rank.ORGANISER)],
    "api_grid_places": [get(Rank.ORGANISER)],
    "api_grid_position": [get(Rank.ORGANISER)],
    "api_grid_cut": [post(Rank.ORGANISER, numbers=[1], seen=1)],
    "api_grid_distinct": [post(Rank.ORGANISER, numbers=[1, 2])],
    "api_grid_mark_gold": [post(Rank.ORGANISER, numbers=[1], seen=1, verdict="keep")],
    "api_grid_unmark_gold": [post(Rank.ORGANISER, numbers=[1], seen=1)],
    "api_grid_reject": [post(Rank.ORGANISER, numbers=[1], seen=1, because="duplicate")],
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
    "people": "the site's staff: tests/frontend/pages/test_people.py",
    "export_site_log": "the site's staff: tests/frontend/pages/test_people.py",
    "site_log": "the site's staff: tests/frontend/pages/test_people.py",
    "site_sign_ins": "the site's staff: tests/frontend/pages/test_people.py",
    "stop_notices": "whoever has the link: tests/curation/notices",
    "reset_password": "whoever has the link: tests/frontend/pages/test_reset_password.py",
}
"""Routes whose door is not a role, and where they are tested."""


def test_every_route_is_in_the_table() -> None:
    assert set(routes(get_resolver().url_patterns)) == set(RULES) | set(ELSEWHERE)


CASES = [
    pytest.param(name, rule, id=f"{rule.method} {rule.of or name}")
    for name, rules in RULES.items()
    for rule in rules
]


@pytest.mark.parametrize(("name", "rule"), CASES)
def test_each_gets_in_where_their_role_allows(world: World, name: str, rule: Rule) -> None:
    for rank in Rank:
        with transaction.atomic():
            answer = ask(world, name, rule, rank)
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


def ask(world: World, name: str, rule: Rule, rank: Rank) -> Any:
    """What somebody of that rank gets."""
    client = Client()
    if rank in world.people:
        client.force_login(world.people[rank])
    address = address_of(name, world.ids)
    if name == "picture" and rank in world.people:
        address = address_of_picture(client, rule.of)
    if name == "api_distinct":
        batch = BatchItem.objects.filter(batch=world.ids["batch_id"])
        items = list(batch.values_list("pk", flat=True)[:2])
        pair = "-".join(map(str, items))
        rule = replace(rule, body={"pairs": [pair]})
        address += f"?{urlencode({'pairs': pair})}"
    sent = _sent(rule, is_api=address.startswith("/api/"))
    if name == "api_vote" and rule.method == "delete":
        address += f"?client_key={uuid.uuid4()}"
    return client.generic(rule.method.upper(), address, **sent, headers={"tus-resumable": "1.0.0"})


def address_of_picture(client: Client, of: str) -> str:
    """As a page gave it to this person, so long ago that who asks is checked in full."""
    if of == "face":
        portrait = Portrait.objects.select_related("subject").get()
        return old_address(client, portrait.subject, portrait.sha256, Shown.FACE)
    if of == "example":
        example = ManualExample.objects.select_related("subject").get(subject__isnull=False)
        assert example.subject
        return old_address(client, example.subject, example.sha256, Shown.EXAMPLE)
    slug = "ada" if of == "picture" else "bob"
    image = Image.objects.select_related("subject").filter(subject__slug=slug)[0]
    return old_address(client, image.subject, image.sha256)


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
