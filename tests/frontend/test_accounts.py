"""Signing in and looking after one's own account."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import NoReverseMatch, reverse

from curation.projects.models import User
from tests.stories.people import PASSWORD


@pytest.fixture
def nina(db: None) -> User:
    return User.objects.create_user("nina", password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD) -> str:
    """Try to sign in as nina; where it leads, empty when nowhere."""
    page = client.post("/accounts/login/", {"login": "nina", "password": password})
    return page.headers.get("Location", "")


def code_for(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_wrong_password_is_said_and_does_not_sign_in(nina: User, client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "nina", "password": "wrong"})
    assert 'role="alert"' in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert sign_in(client) == "/"


def test_without_an_invitation_the_sign_up_page_explains(client: Client, db: None) -> None:
    page = client.get("/accounts/signup/").content.decode()
    assert "Winnow is by invitation" in page
    assert "<form" not in page.split("<main")[1]
    client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD})
    assert not User.objects.exists()


def test_what_needs_email_is_not_offered(client: Client, db: None) -> None:
    for name in ("account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("/accounts/password/reset/", "/accounts/email/"):
        assert client.get(path).status_code == 404
    assert "Forgotten?" in client.get("/accounts/login/").content.decode()


def test_a_password_is_changed_by_who_knows_it(nina: User, client: Client) -> None:
    sign_in(client)
    new = "chaff blown off the tray"
    given = {"oldpassword": "wrong", "password1": new, "password2": new}
    page = client.post("/accounts/password/change/", given)
    assert page.status_code == 200
    client.post("/accounts/password/change/", given | {"oldpassword": PASSWORD})
    client.logout()
    assert sign_in(client) == ""
    assert sign_in(client, new) == "/"


def test_a_second_factor_is_set_up_and_asked_for(nina: User, client: Client) -> None:
    sign_in(client)
    path = "/accounts/2fa/totp/activate/"
    client.post(f"/accounts/reauthenticate/?next={path}", {"password": PASSWORD})
    page = client.get(path).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)
    assert secret is not None
    assert client.post(path, {"code": code_for(secret[1])}).status_code == 302
    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", codes, re.DOTALL)
    assert shown is not None
    recovery = shown[1].split()
    assert len(recovery) == 10, "ways back in when the phone is lost"
    client.logout()
    assert sign_in(client) == "/accounts/2fa/authenticate/"
    assert client.get("/manual/").status_code == 302, "not in yet"
    assert client.post("/accounts/2fa/authenticate/", {"code": "wrong"}).status_code == 200
    client.post("/accounts/2fa/authenticate/", {"code": recovery[0]})
    assert client.get("/manual/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"]
)
def test_ones_own_pages_look_like_ours(nina: User, client: Client, path: str) -> None:
    sign_in(client)
    page = client.get(path).content.decode()
    assert 'class="topbar"' in page
    assert 'class="card"' in page
    assert "Menu:" not in page
