"""Where the site asks a second factor of admins, they are led to it before they may do anything."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from curation.projects.access import require_staff
from curation.projects.models import User
from curation.projects.open_project import open_project
from curation.projects.second_factor import SecondFactorNeeded
from tests.frontend.test_permissions import RULES, ask
from tests.stories.everything import Rank, World

LEADS_TO = "/accounts/2fa/"
FOR_EVERYBODY = {"schema", "manual", "language", "service_worker", "notices"}
NOTHING_TO_TAKE = {"take_work", "api_take_work"}
"""Nothing is open here, and so nothing is given."""


@pytest.fixture
def asked(settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_ADMINS = True


def set_up(person: User, kind: str = "totp") -> None:
    Authenticator.objects.create(user=person, type=kind, data={"secret": "JBSWY3DPEHPK3PXP"})


def test_it_is_not_asked_unless_the_site_says_so(
    admin: User, client: Client, settings: Any
) -> None:
    assert settings.SECOND_FACTOR_FOR_ADMINS is False
    client.force_login(admin)
    assert client.get("/projects/fans/").status_code == 200


def test_no_route_lets_an_admin_in_without_it_and_all_others_go_where_they_went(
    world: World, settings: Any
) -> None:
    settings.SECOND_FACTOR_FOR_ADMINS = True
    for name, rules in RULES.items():
        for rule in rules:
            for rank in (Rank.VOLUNTEER, Rank.HOLDER, Rank.ORGANISER, Rank.ADMIN):
                with transaction.atomic():
                    answer = ask(world, name, rule, rank)
                    transaction.set_rollback(True)
                said = (name, rule.method, rank.name)
                if rank < Rank.ADMIN or name in FOR_EVERYBODY | NOTHING_TO_TAKE:
                    assert not was_led_there(answer), said
                elif rule.admits(rank):
                    assert was_led_there(answer), said


def was_led_there(answer: Any) -> bool:
    """As a page leads there, or as the API says it."""
    if answer.status_code == 403 and answer["Content-Type"] == "application/json":
        return bool(answer.json()["code"] == "second_factor_needed")
    return answer.headers.get("Location") == LEADS_TO


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_it_the_doors_are_open(admin: User, client: Client, kind: str) -> None:
    client.force_login(admin)
    assert client.get("/projects/fans/members/")["Location"] == LEADS_TO
    set_up(admin, kind)
    assert client.get("/").status_code == 200
    assert client.get("/projects/fans/members/").status_code == 200


@pytest.mark.usefixtures("asked")
def test_recovery_codes_alone_are_none(admin: User, client: Client) -> None:
    client.force_login(admin)
    set_up(admin, "recovery_codes")
    assert client.get("/projects/fans/")["Location"] == LEADS_TO


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("language", "sentence", "button"),
    [
        ("en", "Set yours up first", "Activate"),
        ("zh-hans", "请先开启", "启用"),
    ],
)
def test_the_page_says_why_and_has_the_way(
    admin: User, client: Client, language: str, sentence: str, button: str
) -> None:
    User.objects.update(language=language)
    client.force_login(admin)
    page = client.get("/", follow=True).content.decode()
    assert sentence in page
    assert 'href="/accounts/2fa/totp/activate/"' in page
    assert button in page


@pytest.mark.usefixtures("asked")
def test_the_staff_need_it_too(staff: User, client: Client) -> None:
    client.force_login(staff)
    for path in ("/", "/projects/new/", "/people/", "/people/log/", "/people/sign-ins/"):
        assert client.get(path)["Location"] == LEADS_TO
    with pytest.raises(SecondFactorNeeded):
        require_staff(staff)
    with pytest.raises(SecondFactorNeeded):
        open_project(name="Mine", actor=staff)
    set_up(staff)
    assert client.get("/people/").status_code == 200
