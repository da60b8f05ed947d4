"""Who may look after whose account: never somebody who would gain by it."""

from __future__ import annotations

import pytest

from curation.accounts.access import access_person, looked_after_by, may_look_after
from curation.errors import NotAllowed, NotFound
from curation.projects.models import Membership, Project, Role, User
from tests.conftest import make_member


@pytest.fixture
def elsewhere(db: None) -> Project:
    return Project.objects.create(slug="elsewhere", name="Elsewhere")


def join(person: User, project: Project, role: Role) -> None:
    Membership.objects.create(project=project, user=person, role=role)


def test_an_admin_looks_after_the_people_of_their_own_project(
    admin: User, organiser: User, volunteer: User, project: Project
) -> None:
    other_admin = make_member(project, "abel", Role.ADMIN)
    for person in (organiser, volunteer, other_admin):
        assert may_look_after(admin, person)
        assert access_person(admin, person.pk) == person


@pytest.mark.parametrize("role", Role)
def test_nobody_is_taken_over_who_is_anything_in_another_project(
    admin: User, volunteer: User, elsewhere: Project, role: Role
) -> None:
    join(volunteer, elsewhere, role)
    assert not may_look_after(admin, volunteer)
    with pytest.raises(NotAllowed, match="vera is also in projects"):
        access_person(admin, volunteer.pk)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.ORGANISER])
def test_to_be_something_less_than_admin_there_is_not_enough(
    admin: User, volunteer: User, elsewhere: Project, role: Role
) -> None:
    join(volunteer, elsewhere, Role.VOLUNTEER)
    join(admin, elsewhere, role)
    assert not may_look_after(admin, volunteer)
    Membership.objects.filter(user=admin, project=elsewhere).update(role=Role.ADMIN)
    assert may_look_after(admin, volunteer)


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_the_staff_are_not_an_admins_to_look_after(admin: User, volunteer: User, flag: str) -> None:
    User.objects.filter(pk=volunteer.pk).update(**{flag: True})
    volunteer.refresh_from_db()
    assert not may_look_after(admin, volunteer)
    with pytest.raises(NotAllowed):
        access_person(admin, volunteer.pk)


def test_who_is_in_no_project_is_the_staffs(admin: User, newcomer: User, staff: User) -> None:
    assert not may_look_after(admin, newcomer)
    with pytest.raises(NotFound):
        access_person(admin, newcomer.pk)
    assert may_look_after(staff, newcomer)


def test_the_staff_look_after_everybody_but_their_betters_and_themselves(
    staff: User, admin: User, stranger: User
) -> None:
    colleague = User.objects.create_user("mate", is_staff=True)
    owner = User.objects.create_superuser("olga")
    everybody = [staff, admin, stranger, colleague, owner]
    assert looked_after_by(staff, everybody) == {admin.pk, stranger.pk, colleague.pk}
    assert looked_after_by(owner, everybody) == {staff.pk, admin.pk, stranger.pk, colleague.pk}


def test_nobody_below_an_admin_looks_after_anybody(
    organiser: User, volunteer: User, stranger: User
) -> None:
    for actor in (organiser, volunteer, stranger):
        assert looked_after_by(actor, [organiser, volunteer, stranger]) == set()
    with pytest.raises(NotFound):
        access_person(organiser, volunteer.pk)


def test_nobody_looks_after_their_own_account_or_after_having_been_shut_out(
    admin: User, volunteer: User
) -> None:
    with pytest.raises(NotAllowed, match="your own account"):
        access_person(admin, admin.pk)
    admin.is_active = False
    admin.save()
    assert not may_look_after(admin, volunteer)


@pytest.mark.parametrize("num", [1, 20])
def test_it_is_asked_for_a_whole_page_in_two_queries(
    admin: User, project: Project, num: int, django_assert_num_queries: object
) -> None:
    people = [make_member(project, f"v{n}", Role.VOLUNTEER) for n in range(num)]
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(looked_after_by(admin, people)) == num
