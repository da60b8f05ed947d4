"""Site staff open projects in a form; a project's page shows its subjects."""

from __future__ import annotations

from django.test import Client

from curation.projects.models import Project, User
from curation.subjects.models import LookAlike, Portrait, Subject
from tests.conftest import make_consent
from tests.frontend.pages.browser import num_queries
from tests.stories.subjects import make_subjects


def test_an_admin_of_a_project_opens_no_other(admin: User, client: Client) -> None:
    client.force_login(admin)
    assert client.get("/projects/new/").status_code == 403
    assert client.post("/projects/new/", {"name": "Mine"}).status_code == 403
    assert Project.objects.count() == 1


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(staff: User, client: Client) -> None:
    client.force_login(staff)
    page = client.post(
        "/projects/new/", {"name": "Fans", "slug": "new", "time_zone": "UTC", "rule": "plain"}
    )
    assert page.status_code == 200
    assert 'value="Fans"' in page.content.decode()
    assert "cannot be used in an address" in page.content.decode()
    page = client.post(
        "/projects/new/", {"name": "Fans", "slug": "fans", "time_zone": "UTC", "rule": "plain"}
    )
    assert page.headers["Location"] == "/projects/fans/"


def test_a_new_project_is_in_the_time_zone_of_whoever_opens_it(staff: User, client: Client) -> None:
    client.force_login(staff)
    for cookie, zone in (("Pacific/Kiritimati", "Pacific/Kiritimati"), ("Etc/GMT+8", "UTC")):
        client.cookies["timezone"] = cookie
        page = client.get("/projects/new/").content.decode()
        assert f'<option value="{zone}" selected>' in page
    client.post(
        "/projects/new/",
        {"name": "Far", "slug": "far", "time_zone": "Asia/Shanghai", "rule": "weighted"},
    )
    assert Project.objects.get(slug="far").time_zone == "Asia/Shanghai"


def test_an_admin_moves_the_project_to_another_time_zone(
    project: Project, admin: User, organiser: User, client: Client
) -> None:
    client.force_login(admin)
    assert 'href="/projects/fans/settings/"' in client.get("/projects/fans/").content.decode()
    given = {"name": "Fans", "time_zone": "Asia/Shanghai", "rule": "plain"}
    page = client.post("/projects/fans/settings/", given, follow=True).content.decode()
    assert '<option value="Asia/Shanghai" selected>' in page
    project.refresh_from_db()
    assert project.time_zone == "Asia/Shanghai"
    page = client.post("/projects/fans/settings/", given | {"time_zone": "Etc/GMT+8"})
    assert page.status_code == 200
    client.force_login(organiser)
    assert client.post("/projects/fans/settings/", given).status_code == 403
    assert '/settings/"' not in client.get("/projects/fans/").content.decode()


def test_members_see_the_project_and_its_subjects(
    project: Project, subject: Subject, volunteer: User, organiser: User, client: Client
) -> None:
    client.force_login(volunteer)
    page = client.get("/projects/fans/").content.decode()
    assert "Ada" in page
    assert "/projects/fans/subjects/ada/" not in page, "the room is the organiser's"
    assert "/projects/fans/subjects/new/" not in page
    client.force_login(organiser)
    page = client.get("/projects/fans/").content.decode()
    assert 'href="/projects/fans/subjects/ada/"' in page
    assert "/projects/fans/subjects/new/" in page


def test_pages_cost_the_same_for_many(
    project: Project, subject: Subject, admin: User, client: Client
) -> None:
    client.force_login(admin)
    paths = ["", "subjects/ada/settings/", "subjects/ada/consents/"]
    make_subjects(project, admin, 1)
    for seed in range(2):
        Portrait.objects.create(subject=subject, sha256=f"{seed}" * 64)
    few = [num_queries(client, f"/projects/fans/{path}") for path in paths]
    for seed in range(2, 20):
        Portrait.objects.create(subject=subject, sha256=f"{seed:064}")
        LookAlike.objects.create(subject=subject, name="E", how_to_tell="x")
        make_consent(subject, admin)
        Subject.objects.create(project=project, slug=f"t{seed}", name=f"T {seed}")
    assert [num_queries(client, f"/projects/fans/{path}") for path in paths] == few
