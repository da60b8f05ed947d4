"""What is written down of sign-ins: who, when, roughly where from, and never what was typed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from curation.accounts.addresses import network_of
from curation.accounts.events import KEPT_FOR, MOST_FAILURES_AN_HOUR, record_event
from curation.accounts.models import AccountEvent, Kind
from curation.projects.models import User
from tests.stories.people import PASSWORD


@pytest.fixture
def nina(db: None) -> User:
    return User.objects.create_user("nina", password=PASSWORD)


def sign_in(client: Client, name: str = "nina", password: str = PASSWORD) -> None:
    client.post(
        "/accounts/login/", {"login": name, "password": password}, REMOTE_ADDR="203.0.113.9"
    )


def kinds(person: User | None) -> list[str]:
    return list(
        AccountEvent.objects.filter(person=person).order_by("id").values_list("kind", flat=True)
    )


def test_coming_failing_and_going_are_written_down(nina: User, client: Client) -> None:
    sign_in(client, password="wrong")
    sign_in(client)
    client.post("/accounts/logout/")
    assert kinds(nina) == [Kind.FAILED, Kind.SIGNED_IN, Kind.SIGNED_OUT]
    assert {event.network for event in AccountEvent.objects.all()} == {
        "203.0.113.0/24",
        "127.0.0.0/24",
    }


def test_a_name_that_nobody_has_is_not_kept(nina: User, client: Client) -> None:
    secret = "typed-into-the-wrong-field"
    sign_in(client, name=secret, password="hunter2")
    event = AccountEvent.objects.get()
    assert event.person is None
    assert event.kind == Kind.FAILED
    assert secret not in str(vars(event))


def test_refusals_are_written_down_too(nina: User, client: Client) -> None:
    for _ in range(6):
        sign_in(client, password="wrong")
    assert kinds(nina) == [Kind.FAILED] * 5 + [Kind.REFUSED]


def test_who_is_deactivated_and_knows_the_password_is_noticed(nina: User, client: Client) -> None:
    User.objects.update(is_active=False)
    sign_in(client)
    assert kinds(nina) == [Kind.DEACTIVATED]


def test_a_million_failures_fill_no_disk(nina: User) -> None:
    for _ in range(MOST_FAILURES_AN_HOUR + 10):
        record_event(Kind.FAILED, person=nina, network="")
        record_event(Kind.REFUSED, person=None, network="")
    assert AccountEvent.objects.filter(person=nina).count() == MOST_FAILURES_AN_HOUR
    assert AccountEvent.objects.filter(person=None).count() == MOST_FAILURES_AN_HOUR
    record_event(Kind.SIGNED_IN, person=nina, network="")
    assert kinds(nina)[-1] == Kind.SIGNED_IN, "good ones are always written down"


def test_old_events_and_sessions_go_when_somebody_signs_in(nina: User, client: Client) -> None:
    record_event(Kind.SIGNED_OUT, person=nina, network="")
    record_event(Kind.FAILED, person=nina, network="")
    old = AccountEvent.objects.get(kind=Kind.SIGNED_OUT)
    AccountEvent.objects.filter(pk=old.pk).update(
        at=timezone.now() - KEPT_FOR - dt.timedelta(hours=1)
    )
    Session.objects.create(
        session_key="x", session_data="", expire_date=timezone.now() - dt.timedelta(days=1)
    )
    sign_in(client)
    assert kinds(nina) == [Kind.FAILED, Kind.SIGNED_IN]
    assert not Session.objects.filter(session_key="x").exists()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("unknown", ""),
    ],
)
def test_an_address_is_never_kept_whole(address: str, network: str) -> None:
    assert network_of(address) == network
