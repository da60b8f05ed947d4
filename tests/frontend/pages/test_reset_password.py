"""The page behind a link that resets a password."""

from __future__ import annotations

import pytest
from django.test import Client

from curation.accounts.make_reset_link import make_reset_link
from curation.projects.models import User
from tests.stories.people import PASSWORD


@pytest.fixture
def path(admin: User, volunteer: User) -> str:
    return f"/reset/{make_reset_link(person=volunteer, actor=admin)}/"


def test_a_weak_or_mistyped_password_leaves_the_link_as_it_was(path: str, client: Client) -> None:
    for first, second in (("vera", "vera"), ("12345678901", "12345678901"), (PASSWORD, "other")):
        page = client.post(path, {"new_password1": first, "new_password2": second})
        assert page.status_code == 200
        assert "errorlist" in page.content.decode() or 'role="alert"' in page.content.decode()
    answer = client.post(path, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert answer.status_code == 302


def test_whoever_failed_too_often_gets_in_with_the_new_one_at_once(
    path: str, client: Client
) -> None:
    for _ in range(6):
        client.post("/accounts/login/", {"login": "vera", "password": "forgotten"})
    client.post(path, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    answer = client.post("/accounts/login/", {"login": "vera", "password": PASSWORD})
    assert answer.status_code == 302


def test_what_is_no_link_says_so_in_both_languages(db: None, client: Client) -> None:
    for language, sentence in (("en", "no longer valid"), ("zh-hans", "已失效")):
        page = client.get("/reset/made-up/", HTTP_ACCEPT_LANGUAGE=language)
        assert page.status_code == 404
        assert sentence in page.content.decode()


def test_it_is_kept_by_no_cache_and_told_to_no_other_site(path: str, client: Client) -> None:
    page = client.get(path)
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
