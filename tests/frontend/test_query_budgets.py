"""How many questions each page may ask the database. A page that needs more says so here.

That the number does not grow with what there is, is held where each list is; that pages are quick
at 200,000 images is measured by tests/bench/bench_pages.py.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.frontend.test_permissions import RULES, address_of_picture
from tests.stories.everything import Rank, World, address_of

SIGNED_IN = 2
"""The session and the person, for everybody who is signed in."""

BUDGETS: dict[str, int] = {
    "home": 16,
    "schema": 0,
    "manual": 7,
    "project_manual": 8,
    "manual_version": 8,
    "manual_versions": 6,
    "old_text": 6,
    "edit_manual": 4,
    "edit_manual_reason": 7,
    "project": 6,
    "project_settings": 2,
    "members": 7,
    "log": 3,
    "export_log": 4,
    "sign_ins": 3,
    "subject": 27,
    "derived": 9,
    "new_subject": 2,
    "subject_settings": 7,
    "consents": 6,
    "evidence": 8,
    "sources": 8,
    "labels": 5,
    "go_to_image": 4,
    "import_run": 9,
    "weights": 8,
    "quality": 11,
    "quality_table": 12,
    "votes_of_person": 7,
    "images": 13,
    "duplicates": 8,
    "hints": 7,
    "image": 20,
    "picture": 3,
    "batches": 16,
    "batch_people": 8,
    "batch": 12,
    "batch_decisions": 11,
    "desk": 16,
    "pack": 10,
    "pack_zip": 16,
    "pack_slip": 14,
    "api_desk": 12,
    "api_weight": 5,
    "notices": 4,
    "service_worker": 0,
    "me": 12,
    "practice": 18,
    "api_lease": 1,
    "api_near": 7,
    "api_standing": 8,
    "api_questions": 7,
    "questions": 12,
    "question": 14,
    "contested": 6,
    "contested_image": 20,
    "votes_table": 14,
    "coverage": 12,
    "releases": 13,
    "summary": 14,
    "build_release": 18,
    "confirm_release": 18,
    "release": 10,
    "release_manifest": 4,
    "release_zip": 7,
    "release_originals": 7,
    "runs": 5,
    "new_run": 6,
    "run": 7,
    "run_preview": 5,
    "api_cases": 15,
    "api_grid": 9,
    "api_grid_places": 6,
    "api_grid_position": 7,
    "api_run": 6,
    "api_run_losses": 2,
}
"""By route, beyond that."""


def test_every_page_has_a_budget() -> None:
    pages = {name for name, rules in RULES.items() if any(rule.method == "get" for rule in rules)}
    assert pages == set(BUDGETS)


@pytest.mark.parametrize("route", BUDGETS)
def test_a_page_asks_no_more_than_it_may(world: World, route: str) -> None:
    rule = next(rule for rule in RULES[route] if rule.method == "get")
    rank = Rank.ADMIN if rule.admits(Rank.ADMIN) else Rank.HOLDER
    client = Client()
    client.force_login(world.people[rank])
    address = address_of(route, world.ids)
    if route == "picture":  # what opens by itself asks nothing: tests/frontend/pictures
        address = address_of_picture(client, rule.of)
    client.get(address)  # what is kept for the whole process, and copies that are made once
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    said = [query["sql"][:100] for query in asked.captured_queries]
    assert len(said) - SIGNED_IN <= BUDGETS[route], said
