"""Admins change who is in a project; it is never left without one."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from pytest_django import DjangoAssertNumQueries

from curation.errors import NotAllowed, NotFound
from curation.projects.accept_invitation import accept_invitation
from curation.projects.change_role import change_role
from curation.projects.invitations import find_open_invitation, used_invitation
from curation.projects.invite import invite
from curation.projects.lock import LastAdmin
from curation.projects.models import ActionLog, Membership, Project, Role, User
from curation.projects.remove_member import remove_member
from curation.projects.selectors import members_of, memberships_of, waiting_invitations
from tests.conftest import make_member
from tests.stories.people import membership, role_of


def test_a_volunteer_becomes_an_organiser(project: Project, admin: User, volunteer: User) -> None:
    row = membership(volunteer, project)
    change_role(project=project, membership_id=row.pk, role=Role.ORGANISER, actor=admin)
    assert role_of(volunteer, project) == Role.ORGANISER
    entry = ActionLog.objects.get(action="project.change_role")
    assert (entry.actor, entry.target) == (admin, "vera")
    assert entry.details == {"before": "volunteer", "after": "organiser"}
    change_role(project=project, membership_id=row.pk, role=Role.ORGANISER, actor=admin)
    assert ActionLog.objects.filter(action="project.change_role").count() == 1


def test_the_only_admin_stays_one(project: Project, admin: User, organiser: User) -> None:
    row = membership(admin, project)
    with pytest.raises(LastAdmin):
        change_role(project=project, membership_id=row.pk, role=Role.VOLUNTEER, actor=admin)
    with pytest.raises(LastAdmin):
        remove_member(project=project, membership_id=row.pk, actor=admin)
    change_role(
        project=project,
        membership_id=membership(organiser, project).pk,
        role=Role.ADMIN,
        actor=admin,
    )
    remove_member(project=project, membership_id=row.pk, actor=admin)
    assert role_of(admin, project) is None
    assert role_of(organiser, project) == Role.ADMIN


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_leave_one(project: Project, admin: User) -> None:
    other = make_member(project, "arno", Role.ADMIN)
    start = threading.Barrier(2, timeout=30)
    outcomes: list[str] = []

    def remove(actor: User, target: User) -> None:
        try:
            row = membership(target, project)
            start.wait()
            remove_member(project=project, membership_id=row.pk, actor=actor)
            outcomes.append("removed")
        except (LastAdmin, NotFound):
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=remove, args=pair) for pair in ((admin, other), (other, admin))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "removed"]
    assert project.memberships.filter(role=Role.ADMIN).count() == 1


@pytest.mark.parametrize("act", ["remove", "demote"])
def test_who_may_not_invite_any_more_keeps_no_way_in(
    project: Project, admin: User, act: str
) -> None:
    other = make_member(project, "arno", Role.ADMIN)
    row = membership(other, project)
    theirs = invite(project=project, role=Role.ADMIN, actor=other)
    mine = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    if act == "remove":
        remove_member(project=project, membership_id=row.pk, actor=admin)
    else:
        change_role(project=project, membership_id=row.pk, role=Role.ORGANISER, actor=admin)
    assert find_open_invitation(theirs) is None
    assert find_open_invitation(mine) is not None


def test_members_of_other_projects_are_out_of_reach(
    project: Project, admin: User, stranger: User
) -> None:
    row = Membership.objects.get(user=stranger)
    with pytest.raises(NotFound):
        remove_member(project=project, membership_id=row.pk, actor=admin)
    with pytest.raises(NotFound):
        change_role(project=project, membership_id=row.pk, role=Role.VOLUNTEER, actor=admin)


def test_an_organiser_does_not_change(
    project: Project, admin: User, organiser: User, volunteer: User
) -> None:
    row = membership(volunteer, project)
    with pytest.raises(NotAllowed):
        remove_member(project=project, membership_id=row.pk, actor=organiser)


@pytest.mark.parametrize("num_people", [1, 20])
def test_lists_cost_one_query_whatever_their_length(
    project: Project,
    admin: User,
    num_people: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(num_people):
        make_member(project, f"v{number}", Role.VOLUNTEER)
        invite(project=project, role=Role.VOLUNTEER, actor=admin)
        other = Project.objects.create(slug=f"p{number}", name=f"P {number}")
        Membership.objects.create(project=other, user=admin, role=Role.VOLUNTEER)
    with django_assert_num_queries(1):
        members = members_of(project)
        assert [member.user.username for member in members][:1] == ["anna"]
        assert len(members) == num_people + 1
    with django_assert_num_queries(1):
        assert [row.created_by.username for row in waiting_invitations(project)] == (
            ["anna"] * num_people
        )
    with django_assert_num_queries(1):
        assert len([row.project.name for row in memberships_of(admin)]) == num_people + 1


def test_who_invites_no_more_keeps_no_link_that_lets_people_in(
    project: Project, admin: User, organiser: User, newcomer: User
) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=organiser, places=5)
    invitation = find_open_invitation(token)
    assert invitation is not None
    accept_invitation(invitation=invitation, actor=newcomer)
    row = membership(organiser, project)
    change_role(project=project, membership_id=row.pk, role=Role.VOLUNTEER, actor=admin)
    assert find_open_invitation(token) is None
    assert used_invitation(token, newcomer.pk) is not None, "who has joined is not forgotten"


def test_an_admin_made_organiser_keeps_the_links_of_volunteers_alone(
    project: Project, admin: User, organiser: User
) -> None:
    row = membership(organiser, project)
    change_role(project=project, membership_id=row.pk, role=Role.ADMIN, actor=admin)
    for_volunteers = invite(project=project, role=Role.VOLUNTEER, actor=organiser)
    for_admins = invite(project=project, role=Role.ADMIN, actor=organiser)
    change_role(project=project, membership_id=row.pk, role=Role.ORGANISER, actor=admin)
    assert find_open_invitation(for_volunteers) is not None
    assert find_open_invitation(for_admins) is None
