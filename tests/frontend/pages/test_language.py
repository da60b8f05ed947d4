"""Every page in the language that the person chose."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from curation.errors import InvalidInput
from curation.projects.choose_language import choose_language
from curation.projects.models import User

pytestmark = pytest.mark.django_db


def language_of(client: Client, path: str = "/accounts/login/", **headers: str) -> str:
    return client.get(path, headers=headers).headers["Content-Language"]


def test_a_visitor_follows_the_browser_until_they_choose(client: Client) -> None:
    assert language_of(client, **{"accept-language": "zh-CN,zh;q=0.9"}) == "zh-hans"
    assert language_of(client, **{"accept-language": "de"}) == "en"
    page = client.post("/language/", {"language": "zh-hans", "next": "/accounts/login/"})
    assert page.headers["Location"] == "/accounts/login/"
    assert page.cookies[settings.LANGUAGE_COOKIE_NAME]["samesite"] == "Lax"
    assert language_of(client, **{"accept-language": "en"}) == "zh-hans"


def test_a_person_keeps_their_language_in_every_browser(volunteer: User) -> None:
    desktop, phone = Client(), Client()
    desktop.force_login(volunteer)
    desktop.post("/language/", {"language": "zh-hans"})
    volunteer.refresh_from_db()
    assert volunteer.language == "zh-hans"
    phone.force_login(volunteer)
    phone.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert language_of(phone, "/projects/fans/") == "zh-hans"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "https:evil.example"],
)
def test_the_switch_never_leads_off_the_site(client: Client, elsewhere: str) -> None:
    page = client.post("/language/", {"language": "en", "next": elsewhere})
    assert page.status_code == 302
    assert page.headers["Location"] == "/"


def test_a_language_that_we_do_not_have_is_refused(client: Client, volunteer: User) -> None:
    assert client.post("/language/", {"language": "tlh"}).status_code == 400
    assert client.get("/language/").status_code == 405
    with pytest.raises(InvalidInput):
        choose_language(language="tlh", actor=volunteer)
    volunteer.refresh_from_db()
    assert volunteer.language == ""
