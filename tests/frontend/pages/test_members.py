"""The members' page: admins change roles, organisers look."""

from __future__ import annotations

from django.test import Client

from curation.projects.invite import invite
from curation.projects.models import ActionLog, Invitation, Project, Role, User
from curation.projects.remove_member import remove_member
from tests.conftest import make_member
from tests.frontend.pages.browser import num_queries
from tests.stories.people import membership, role_of


def test_who_was_removed_sees_nothing_at_once(
    project: Project, admin: User, volunteer: User, client: Client
) -> None:
    client.force_login(volunteer)
    assert client.get("/projects/fans/").status_code == 200
    row = membership(volunteer, project)
    remove_member(project=project, membership_id=row.pk, actor=admin)
    assert client.get("/projects/fans/").status_code == 404
    assert ActionLog.objects.get(action="project.remove_member").target == "vera"


def test_an_organiser_looks_but_does_not_change(
    project: Project, admin: User, organiser: User, volunteer: User, client: Client
) -> None:
    row = membership(volunteer, project)
    client.force_login(organiser)
    page = client.get("/projects/fans/members/").content.decode()
    assert "vera" in page
    assert "/role/" not in page
    assert f"/members/{row.pk}/remove/" not in page
    assert client.post(f"/projects/fans/members/{row.pk}/remove/").status_code == 403
    client.force_login(volunteer)
    assert client.get("/projects/fans/members/").status_code == 403


def test_the_pages_do_it_and_say_so(
    project: Project, admin: User, volunteer: User, client: Client
) -> None:
    client.force_login(admin)
    row, own = membership(volunteer, project), membership(admin, project)
    path = f"/projects/fans/members/{row.pk}/"
    page = client.post(f"{path}role/", {"role": "organiser"}, follow=True)
    assert "The role was changed." in page.content.decode()
    page = client.post(f"{path}role/", {"role": "emperor"}, follow=True)
    assert "There is no such role." in page.content.decode()
    assert role_of(volunteer, project) == Role.ORGANISER
    page = client.post(f"/projects/fans/members/{own.pk}/remove/", follow=True)
    assert "anna is the only admin" in page.content.decode()
    client.post(f"{path}remove/")
    assert role_of(volunteer, project) is None


def test_the_members_page_costs_the_same_for_many(
    project: Project, admin: User, client: Client
) -> None:
    client.force_login(admin)
    few = num_queries(client, "/projects/fans/members/")
    for number in range(20):
        make_member(project, f"v{number}", Role.VOLUNTEER)
        invite(project=project, role=Role.VOLUNTEER, actor=admin)
    assert num_queries(client, "/projects/fans/members/") == few


def test_an_organiser_invites_ten_volunteers_and_nobody_else(
    project: Project, organiser: User, client: Client
) -> None:
    client.force_login(organiser)
    page = client.get("/projects/fans/members/").content.decode()
    assert 'value="volunteer"' in page
    assert 'value="organiser"' not in page
    asked = {"role": "volunteer", "places": 10, "days": 3}
    page = client.post("/projects/fans/members/invite/", asked).content.decode()
    assert "The link for 10 people (volunteer) is ready" in page
    assert "0 of 10" in page
    page = client.post("/projects/fans/members/invite/", asked | {"role": "admin"})
    assert Invitation.objects.get().role == Role.VOLUNTEER
    assert "not one of the available choices" in page.content.decode()


def test_a_link_for_nobody_is_refused_beside_its_field(
    project: Project, admin: User, client: Client
) -> None:
    client.force_login(admin)
    for places, days in ((0, 7), (101, 7), (10, 0), (10, 61)):
        asked = {"role": "organiser", "places": places, "days": days}
        page = client.post("/projects/fans/members/invite/", asked).content.decode()
        assert "Ensure this value is" in page
        assert f'value="{places}"' in page
    assert not Invitation.objects.exists()
