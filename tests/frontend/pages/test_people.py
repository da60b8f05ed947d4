"""The staff's list of accounts, and the buttons beside a project's members."""

from __future__ import annotations

import pytest
from django.test import Client

from curation.projects.models import Project, Role, User
from tests.conftest import make_member
from tests.frontend.pages.browser import num_queries
from tests.stories.people import PASSWORD


@pytest.mark.parametrize(
    "path", ["/people/", "/people/log/", "/people/log/export/", "/people/sign-ins/"]
)
def test_the_sites_pages_are_its_staffs(
    admin: User, staff: User, client: Client, path: str
) -> None:
    assert client.get(path).status_code == 302
    client.force_login(admin)
    assert client.get(path).status_code == 403
    client.force_login(staff)
    assert client.get(path).status_code == 200


def test_an_admin_helps_who_forgot_their_password(
    project: Project, admin: User, volunteer: User, client: Client
) -> None:
    client.force_login(admin)
    members = client.get("/projects/fans/members/").content.decode()
    assert f"/people/{volunteer.pk}/reset-link/" in members
    assert f"/people/{admin.pk}/reset-link/" not in members, "not for their own account"
    page = client.post(f"/people/{volunteer.pk}/reset-link/", {"project": project.pk})
    said = page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    link = said.split("http://testserver")[1].split("<")[0]
    assert link not in client.get("/projects/fans/members/").content.decode(), "shown once"
    visitor = Client()
    assert "vera" in visitor.get(link).content.decode()
    assert visitor.get(link).status_code == 200, "looking does not use it up"
    given = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert visitor.post(link, given)["Location"] == "/accounts/login/"
    assert visitor.get(link).status_code == 404
    assert visitor.post("/accounts/login/", {"login": "vera", "password": PASSWORD})["Location"]


def test_an_admin_shuts_somebody_out_and_lets_them_in_again(
    project: Project, admin: User, volunteer: User, client: Client
) -> None:
    client.force_login(admin)
    path = f"/people/{volunteer.pk}/"
    page = client.post(f"{path}deactivate/", {"project": project.pk}, follow=True)
    assert page.redirect_chain[-1][0] == "/projects/fans/members/"
    said = page.content.decode()
    assert "vera is signed out everywhere" in said
    assert "deactivated" in said
    assert f"{path}reactivate/" in said
    page = client.post(f"{path}reactivate/", {"project": project.pk}, follow=True)
    assert "vera can sign in again." in page.content.decode()
    assert f"{path}deactivate/" in page.content.decode()


def test_who_is_in_another_project_too_has_no_buttons_and_a_sentence(
    project: Project, admin: User, volunteer: User, stranger: User, client: Client
) -> None:
    Project.objects.get(slug="others").memberships.create(user=volunteer, role=Role.VOLUNTEER)
    client.force_login(admin)
    assert f"/people/{volunteer.pk}/" not in client.get("/projects/fans/members/").content.decode()
    for act in ("reset-link", "deactivate", "reactivate"):
        page = client.post(f"/people/{volunteer.pk}/{act}/")
        assert page.status_code == 403
        assert "Ask the staff of this site." in page.content.decode()


def test_the_way_back_names_no_project_of_others(
    admin: User, volunteer: User, stranger: User, client: Client
) -> None:
    others = Project.objects.get(slug="others")
    client.force_login(admin)
    answer = client.post(f"/people/{volunteer.pk}/deactivate/", {"project": others.pk})
    assert answer["Location"] == "/"


def test_the_staff_find_anybody(staff: User, admin: User, newcomer: User, client: Client) -> None:
    client.force_login(staff)
    page = client.get("/people/?name=NIN").content.decode()
    assert f"/people/{newcomer.pk}/deactivate/" in page
    assert f"/people/{admin.pk}/" not in page
    page = client.post(f"/people/{newcomer.pk}/deactivate/", follow=True)
    assert page.redirect_chain[-1][0] == "/people/"
    assert "Nobody has this name" in client.get("/people/?name=xyz").content.decode()


def test_the_list_costs_the_same_for_many_and_goes_on(
    project: Project, staff: User, volunteer: User, client: Client
) -> None:
    client.force_login(staff)
    few = num_queries(client, "/people/")
    for n in range(60):
        make_member(project, f"v{n}", Role.VOLUNTEER)
    assert num_queries(client, "/people/") == few
    first = client.get("/people/").content.decode()
    older = first.split('rel="next" href="')[1].split('"')[0]
    rest = client.get(f"/people/{older}").content.decode()
    assert "vera" not in first
    assert "vera" in rest
    for nonsense in ("x", "9" * 30, "-1"):
        assert client.get(f"/people/?before={nonsense}").status_code == 200
