"""How people come in: by a link that has places and an end."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.projects.accept_invitation import accept_invitation
from curation.projects.invitations import (
    AlreadyMember,
    InvitationOver,
    find_open_invitation,
    open_invitations,
)
from curation.projects.invite import invite
from curation.projects.models import (
    ActionLog,
    Invitation,
    InvitationUse,
    Membership,
    Project,
    Role,
    User,
)
from curation.projects.take_back_invitation import take_back_invitation
from tests.stories.people import role_of


def test_only_the_digest_of_a_link_is_kept(project: Project, admin: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert len(row["token_digest"]) == 64
    assert token not in str(list(ActionLog.objects.values()))
    invitation = find_open_invitation(token)
    assert invitation is not None
    assert invitation.pk == row["id"]


def test_a_link_holds_for_two_weeks(project: Project, admin: User, newcomer: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    invitation = find_open_invitation(token)
    assert invitation is not None
    left = invitation.expires_at - timezone.now()
    assert dt.timedelta(days=13, hours=23) < left <= dt.timedelta(days=14)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert find_open_invitation(token) is None
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=invitation, actor=newcomer)


def test_a_guess_finds_nothing(project: Project, admin: User) -> None:
    invite(project=project, role=Role.ADMIN, actor=admin)
    for guess in ("", "x", Invitation.objects.get().token_digest):
        assert find_open_invitation(guess) is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("who", ["volunteer", "organiser", "admin", "stranger"])
def test_admins_invite_everybody_and_organisers_volunteers(
    project: Project, who: str, role: Role, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    if who == "admin" or (who == "organiser" and role == Role.VOLUNTEER):
        invite(project=project, role=role, actor=person)
    else:
        with pytest.raises((NotAllowed, NotFound)):
            invite(project=project, role=role, actor=person)
        assert not Invitation.objects.exists()


def test_an_organiser_takes_back_links_of_volunteers_alone(
    project: Project, admin: User, organiser: User
) -> None:
    invite(project=project, role=Role.ADMIN, actor=admin)
    for_admin = Invitation.objects.get()
    with pytest.raises(NotAllowed):
        take_back_invitation(project=project, invitation_id=for_admin.pk, actor=organiser)
    assert open_invitations().filter(pk=for_admin.pk).exists()
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    for_volunteer = Invitation.objects.exclude(pk=for_admin.pk).get()
    take_back_invitation(project=project, invitation_id=for_volunteer.pk, actor=organiser)
    assert find_open_invitation(token) is None


def test_one_link_brings_three_people_and_no_fourth(project: Project, admin: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin, places=3, days=2)
    people = [User.objects.create_user(f"p{n}") for n in range(4)]
    for person in people[:3]:
        invitation = find_open_invitation(token)
        assert invitation is not None
        accept_invitation(invitation=invitation, actor=person)
    assert find_open_invitation(token) is None
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=invitation, actor=people[3])
    assert [role_of(person, project) for person in people] == [Role.VOLUNTEER] * 3 + [None]


def test_a_link_half_used_and_taken_back_keeps_who_has_joined(
    project: Project, admin: User, newcomer: User
) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin, places=5)
    invitation = find_open_invitation(token)
    assert invitation is not None
    accept_invitation(invitation=invitation, actor=newcomer)
    take_back_invitation(project=project, invitation_id=invitation.pk, actor=admin)
    assert find_open_invitation(token) is None
    assert role_of(newcomer, project) == Role.VOLUNTEER


@pytest.mark.parametrize(("places", "days"), [(0, 7), (101, 7), (-1, 7), (1, 0), (1, 61)])
def test_a_link_is_for_somebody_and_has_an_end(
    project: Project, admin: User, places: int, days: int
) -> None:
    with pytest.raises(InvalidInput):
        invite(project=project, role=Role.VOLUNTEER, actor=admin, places=places, days=days)


def test_joining_gives_the_role_and_uses_the_link_up(
    project: Project, admin: User, newcomer: User, stranger: User
) -> None:
    invitation = find_open_invitation(invite(project=project, role=Role.ORGANISER, actor=admin))
    assert invitation is not None
    accept_invitation(invitation=invitation, actor=newcomer)
    assert role_of(newcomer, project) == Role.ORGANISER
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=invitation, actor=stranger)
    assert role_of(stranger, project) is None


def test_a_member_does_not_use_up_a_link(project: Project, admin: User, volunteer: User) -> None:
    token = invite(project=project, role=Role.ADMIN, actor=admin)
    invitation = find_open_invitation(token)
    assert invitation is not None
    with pytest.raises(AlreadyMember):
        accept_invitation(invitation=invitation, actor=volunteer)
    assert role_of(volunteer, project) == Role.VOLUNTEER
    assert find_open_invitation(token) is not None


def test_a_link_taken_back_is_worthless(project: Project, admin: User, newcomer: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    invitation = find_open_invitation(token)
    assert invitation is not None
    take_back_invitation(project=project, invitation_id=invitation.pk, actor=admin)
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=invitation, actor=newcomer)
    with pytest.raises(InvitationOver):
        take_back_invitation(project=project, invitation_id=invitation.pk, actor=admin)


def test_a_used_link_cannot_be_taken_back(project: Project, admin: User, newcomer: User) -> None:
    invitation = find_open_invitation(invite(project=project, role=Role.VOLUNTEER, actor=admin))
    assert invitation is not None
    accept_invitation(invitation=invitation, actor=newcomer)
    with pytest.raises(InvitationOver):
        take_back_invitation(project=project, invitation_id=invitation.pk, actor=admin)
    assert InvitationUse.objects.get().person == newcomer


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("places", [1, 4])
def test_of_six_people_with_one_link_as_many_join_as_it_has_places(
    project: Project, admin: User, places: int
) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin, places=places)
    invitation = find_open_invitation(token)
    assert invitation is not None
    people = [User.objects.create_user(f"p{n}") for n in range(6)]
    start = threading.Barrier(len(people), timeout=30)
    outcomes: list[str] = []

    def follow(person: User) -> None:
        try:
            start.wait()
            accept_invitation(invitation=invitation, actor=person)
            outcomes.append("joined")
        except InvitationOver:
            outcomes.append("over")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=follow, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["joined"] * places + ["over"] * (6 - places)
    assert Membership.objects.filter(project=project, user__in=people).count() == places
    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_one_person_with_six_links_joins_once(project: Project, admin: User) -> None:
    person = User.objects.create_user("nina")
    tokens = [invite(project=project, role=Role.VOLUNTEER, actor=admin) for _ in range(6)]
    start = threading.Barrier(len(tokens), timeout=30)
    outcomes: list[str] = []

    def follow(token: str) -> None:
        try:
            invitation = find_open_invitation(token)
            assert invitation is not None
            start.wait()
            accept_invitation(invitation=invitation, actor=person)
            outcomes.append("joined")
        except AlreadyMember:
            outcomes.append("already in")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=follow, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["already in"] * 5 + ["joined"]
    assert InvitationUse.objects.filter(person=person).count() == 1
