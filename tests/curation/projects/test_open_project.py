"""Site staff open projects; nobody else does."""

from __future__ import annotations

import pytest

from curation.errors import InvalidInput, NotAllowed
from curation.projects.models import ActionLog, Membership, Project, Role, User
from curation.projects.open_project import open_project

pytestmark = pytest.mark.django_db


def test_whoever_opens_a_project_is_its_first_admin(staff: User) -> None:
    project = open_project(name="Fans of nobody", actor=staff)
    assert project.slug == "fans-of-nobody"
    assert Membership.objects.get(project=project, user=staff).role == Role.ADMIN
    entry = ActionLog.objects.get()
    assert (entry.action, entry.actor, entry.project) == ("project.open", staff, project)


def test_the_command_line_names_the_admin(staff: User) -> None:
    project = open_project(name="Fans", actor=None, admin=staff)
    assert Membership.objects.get(project=project).user == staff
    with pytest.raises(InvalidInput, match="first admin"):
        open_project(name="More fans", actor=None)


def test_a_chinese_name_gets_an_address_and_the_next_one_too(staff: User) -> None:
    slugs = [open_project(name="某某后援会", actor=staff).slug for _ in range(3)]
    assert slugs == ["project", "project-2", "project-3"]


@pytest.mark.parametrize("slug", ["new", "Fans", "fans of", "fans/../etc", "粉丝"])
def test_an_address_that_cannot_be_one_is_refused(staff: User, slug: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be used"):
        open_project(name="Fans", slug=slug, actor=staff)
    assert not Project.objects.exists()


def test_a_taken_address_is_refused_but_a_taken_name_gets_another(staff: User) -> None:
    open_project(name="Fans", slug="fans", actor=staff)
    with pytest.raises(InvalidInput, match="taken"):
        open_project(name="Other fans", slug="fans", actor=staff)
    assert open_project(name="Fans", actor=staff).slug == "fans-2"


def test_a_project_called_new_does_not_hide_the_page_that_opens_projects(staff: User) -> None:
    assert open_project(name="New", actor=staff).slug == "new-2"


def test_an_admin_of_a_project_is_not_site_staff(admin: User) -> None:
    with pytest.raises(NotAllowed):
        open_project(name="Mine", actor=admin)
    assert Project.objects.count() == 1
