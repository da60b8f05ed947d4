"""What goes wrong is said in words, with a way on, and never shows more than it should."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from curation.projects.models import Project, User


def test_an_address_that_leads_nowhere(volunteer: User, client: Client) -> None:
    client.force_login(volunteer)
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert "There is no such page" in page.content.decode()
    assert 'href="/"' in page.content.decode()


@pytest.mark.parametrize("address", ["/projects/fans/", "/projects/never-was/"])
def test_a_project_of_others_looks_like_none_at_all(
    project: Project, stranger: User, client: Client, address: str
) -> None:
    client.force_login(stranger)
    page = client.get(address)
    assert page.status_code == 404
    assert "There is nothing here that you may see." in page.content.decode()
    assert project.name not in page.content.decode()


def test_an_act_beyond_ones_role(volunteer: User, client: Client) -> None:
    client.force_login(volunteer)
    page = client.get("/projects/fans/subjects/new/")
    assert page.status_code == 403
    assert "Your role in this project does not allow this." in page.content.decode()


def test_a_form_from_an_old_page(volunteer: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(volunteer)
    page = careful.post("/language/", {"language": "zh-hans"})
    assert page.status_code == 403
    assert "Please send that again" in page.content.decode()
    volunteer.refresh_from_db()
    assert volunteer.language == ""


def test_a_broken_server_still_says_something() -> None:
    page = server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "Something went wrong on the server" in page.content.decode()
    assert finders.find("projects/broken.css")
