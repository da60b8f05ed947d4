"""Sessions: where their key may travel, how long it holds, and what ends it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from curation.projects.models import User
from tests.stories.people import PASSWORD


@pytest.fixture
def nina(db: None) -> User:
    return User.objects.create_user("nina", password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD) -> str:
    """Sign in; the session's key."""
    client.post("/accounts/login/", {"login": "nina", "password": password})
    return client.cookies["sessionid"].value


def test_no_script_and_no_other_site_gets_the_key(nina: User, client: Client) -> None:
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"], "of this host alone"


def test_signing_in_makes_a_new_key(nina: User, client: Client) -> None:
    """A key that somebody planted in the browser before is worth nothing afterwards."""
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    assert sign_in(client) != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_session_ends_after_two_weeks(nina: User, client: Client) -> None:
    key = sign_in(client)
    row = Session.objects.get(session_key=key)
    left = row.expire_date - timezone.now()
    assert dt.timedelta(days=13) < left <= dt.timedelta(days=14)
    row.expire_date = timezone.now()
    row.save()
    assert client.get("/").status_code == 302


def test_signing_out_ends_it_on_the_server_too(nina: User, client: Client) -> None:
    key = sign_in(client)
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert client.get("/").status_code == 302


def test_a_new_password_ends_all_other_sessions_and_keeps_this_one(nina: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = "chaff blown off the tray"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", given).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
