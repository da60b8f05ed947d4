"""How people come in: by a link that works once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from curation.errors import NotAllowed, NotFound
from curation.projects.accept_invitation import accept_invitation
from curation.projects.invitations import AlreadyMember, InvitationOver, find_open_invitation
from curation.projects.invite import invite
from curation.projects.models import ActionLog, Invitation, Membership, Project, Role, User
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


@pytest.mark.parametrize("who", ["volunteer", "organiser", "stranger"])
def test_only_admins_invite(project: Project, who: str, request: pytest.FixtureRequest) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises((NotAllowed, NotFound)):
        invite(project=project, role=Role.ADMIN, actor=person)
    assert not Invitation.objects.exists()


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
    assert Invitation.objects.get().accepted_by == newcomer


@pytest.mark.django_db(transaction=True)
def test_of_six_people_with_one_link_one_joins(project: Project, admin: User) -> None:
    invitation = find_open_invitation(invite(project=project, role=Role.VOLUNTEER, actor=admin))
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
    assert sorted(outcomes) == ["joined"] + ["over"] * 5
    assert Membership.objects.filter(project=project, user__in=people).count() == 1
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
    assert Invitation.objects.filter(accepted_by=person).count() == 1
