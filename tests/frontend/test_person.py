"""Every page begins by asking who is there, and answers only what it is made for."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from curation.projects.models import Project, User
from frontend.person import page, signed_in


def test_a_page_that_shows_takes_no_posts_and_a_button_is_not_shown(
    client: Client, volunteer: User, project: Project
) -> None:
    client.force_login(volunteer)
    assert client.get("/projects/fans/").status_code == 200
    assert client.head("/projects/fans/").status_code == 200
    assert client.post("/projects/fans/").status_code == 405
    assert client.get("/projects/fans/members/invite/").status_code == 405


def test_nobody_is_sent_to_sign_in_and_back(client: Client, project: Project) -> None:
    answer = client.get("/projects/fans/")
    assert answer.headers["Location"] == "/accounts/login/?next=/projects/fans/"


def test_the_view_is_handed_the_person(volunteer: User) -> None:
    @page("GET")
    def who(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
        assert person == signed_in(request)
        return HttpResponse(f"{person.username} in {project_slug}")

    request = HttpRequest()
    request.method = "GET"
    request.user = volunteer
    assert who(request, project_slug="fans").content == b"vera in fans"  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        who(request)  # type: ignore[call-arg]
