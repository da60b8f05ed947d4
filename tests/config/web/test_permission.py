"""Files are taken from people who are signed in; the session says who that is."""

from __future__ import annotations

import pytest
from django.test import Client

from config.web.permission import refused_to_send
from curation.projects.models import User

pytestmark = pytest.mark.django_db(transaction=True)  # it closes connections, as threads do

PATH = "/projects/fans/subjects/ada/sources/"


def test_somebody_who_is_signed_in_may_send(organiser: User) -> None:
    client = Client()
    client.force_login(organiser)
    assert refused_to_send(PATH, f"a=b; sessionid={client.cookies['sessionid'].value}") is None


@pytest.mark.parametrize("cookies", ["", "sessionid=", "sessionid=nobodys", 'sessionid="a\\000b"'])
def test_nobody_else_may(cookies: str) -> None:
    refused = refused_to_send(PATH, cookies)
    assert refused is not None
    assert refused.status.startswith("403")


def test_an_account_that_was_closed_may_not(organiser: User) -> None:
    client = Client()
    client.force_login(organiser)
    organiser.is_active = False
    organiser.save()
    assert refused_to_send(PATH, f"sessionid={client.cookies['sessionid'].value}") is not None
