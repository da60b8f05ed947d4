"""How people come in: by a link that works once."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from curation.errors import NotAllowed, NotFound
from curation.projects.accept_invitation import accept_invitation
from curation.projects.invitations import AlreadyMember, InvitationOver, find_open_invitation
from curation.projects.invite import invite
from curation.projects.models import ActionLog, Invitation, Membership, Project, Role, User
from curation.projects.take_back_invitation import take_back_invitation
from tests.stories.people import SIGN_UP, role_of


@pytest.fixture
def newcomer(db: None) -> User:
    return User.objects.create_user("nina", password="nina")


def test_only_the_digest_of_a_link_is_kept(project: Project, admin: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert len(row["token_digest"]) == 64
    assert token not in str(list(ActionLog.objects.values()))
    found = find_open_invitation(token)
    assert found is not None
    assert found.pk == row["id"]


def test_a_link_holds_for_two_weeks(project: Project, admin: User, newcomer: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    found = find_open_invitation(token)
    assert found is not None
    left = found.expires_at - timezone.now()
    assert dt.timedelta(days=13, hours=23) < left <= dt.timedelta(days=14)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert find_open_invitation(token) is None
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=found, actor=newcomer)


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
    found = find_open_invitation(invite(project=project, role=Role.ORGANISER, actor=admin))
    assert found is not None
    accept_invitation(invitation=found, actor=newcomer)
    assert role_of(newcomer, project) == Role.ORGANISER
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=found, actor=stranger)
    assert role_of(stranger, project) is None


def test_a_member_does_not_use_up_a_link(project: Project, admin: User, volunteer: User) -> None:
    token = invite(project=project, role=Role.ADMIN, actor=admin)
    found = find_open_invitation(token)
    assert found is not None
    with pytest.raises(AlreadyMember):
        accept_invitation(invitation=found, actor=volunteer)
    assert role_of(volunteer, project) == Role.VOLUNTEER
    assert find_open_invitation(token) is not None


def test_a_link_taken_back_is_worthless(project: Project, admin: User, newcomer: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    found = find_open_invitation(token)
    assert found is not None
    take_back_invitation(project=project, invitation_id=found.pk, actor=admin)
    with pytest.raises(InvitationOver):
        accept_invitation(invitation=found, actor=newcomer)
    with pytest.raises(InvitationOver):
        take_back_invitation(project=project, invitation_id=found.pk, actor=admin)


def test_a_used_link_cannot_be_taken_back(project: Project, admin: User, newcomer: User) -> None:
    found = find_open_invitation(invite(project=project, role=Role.VOLUNTEER, actor=admin))
    assert found is not None
    accept_invitation(invitation=found, actor=newcomer)
    with pytest.raises(InvitationOver):
        take_back_invitation(project=project, invitation_id=found.pk, actor=admin)
    assert Invitation.objects.get().accepted_by == newcomer


@pytest.mark.django_db(transaction=True)
def test_of_six_people_with_one_link_one_joins(project: Project, admin: User) -> None:
    found = find_open_invitation(invite(project=project, role=Role.VOLUNTEER, actor=admin))
    assert found is not None
    people = [User.objects.create_user(f"p{n}") for n in range(6)]
    start = threading.Barrier(len(people), timeout=30)
    outcomes: list[str] = []

    def follow(person: User) -> None:
        try:
            start.wait()
            accept_invitation(invitation=found, actor=person)
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
            found = find_open_invitation(token)
            assert found is not None
            start.wait()
            accept_invitation(invitation=found, actor=person)
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


def test_the_link_is_shown_once_and_never_again(
    project: Project, admin: User, client: Client
) -> None:
    client.force_login(admin)
    page = client.post("/projects/fans/members/invite/", {"role": "volunteer"})
    assert "no-store" in page.headers["Cache-Control"]
    link = re.search(r"http://testserver(/invitations/[\w-]+/)", page.content.decode())
    assert link is not None
    assert link[1] not in client.get("/projects/fans/members/").content.decode()
    assert client.get(link[1]).status_code == 200


def test_somebody_new_signs_up_and_is_in(project: Project, admin: User, client: Client) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    assert "closed" in client.get("/accounts/signup/").templates[0].name  # type: ignore[operator]
    page = client.get(f"/invitations/{token}/")
    assert page.status_code == 200
    assert project.name in page.content.decode()
    page = client.post("/accounts/signup/?next=/projects/fans/", SIGN_UP)
    assert page.headers["Location"] == "/projects/fans/"
    person = User.objects.get(username="nina")
    assert role_of(person, project) == Role.VOLUNTEER
    assert client.get("/projects/fans/").status_code == 200
    client.logout()
    assert "closed" in client.get("/accounts/signup/").templates[0].name  # type: ignore[operator]


def test_one_link_makes_one_account(project: Project, admin: User) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(f"/invitations/{token}/")
        assert browser.get("/accounts/signup/").status_code == 200
    first.post("/accounts/signup/", SIGN_UP)
    second.post("/accounts/signup/", SIGN_UP | {"username": "mallory"})
    assert User.objects.filter(username="nina").exists()
    assert not User.objects.filter(username="mallory").exists()


def test_a_link_used_while_the_form_was_filled_in_leaves_no_account(
    project: Project, admin: User, newcomer: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    client.get(f"/invitations/{token}/")
    save = User.save

    def somebody_is_quicker(self: User, *args: object, **kwargs: object) -> None:
        """The other person joins in the very moment in which our account is written."""
        save(self, *args, **kwargs)  # type: ignore[arg-type]
        found = find_open_invitation(token)
        if found is not None:
            accept_invitation(invitation=found, actor=newcomer)

    monkeypatch.setattr(User, "save", somebody_is_quicker)
    page = client.post("/accounts/signup/", SIGN_UP | {"username": "late"})
    assert page.status_code == 404
    assert "is no longer valid" in page.content.decode()
    assert not User.objects.filter(username="late").exists()


def test_somebody_with_an_account_signs_in_and_joins(
    project: Project, admin: User, newcomer: User, client: Client
) -> None:
    path = f"/invitations/{invite(project=project, role=Role.VOLUNTEER, actor=admin)}/"
    assert f"/accounts/login/?next={path}" in client.get(path).content.decode()
    page = client.post(
        f"/accounts/login/?next={path}", {"login": "nina", "password": "nina", "next": path}
    )
    assert page.headers["Location"] == path
    assert client.get(path).status_code == 200
    assert role_of(newcomer, project) is None, "looking at an invitation does not accept it"
    assert client.post(path).headers["Location"] == "/"
    assert role_of(newcomer, project) == Role.VOLUNTEER
    assert client.get(path).headers["Location"] == "/", "their own used link"


def test_a_used_link_tells_others_nothing(
    project: Project, admin: User, newcomer: User, stranger: User, client: Client
) -> None:
    token = invite(project=project, role=Role.VOLUNTEER, actor=admin)
    found = find_open_invitation(token)
    assert found is not None
    accept_invitation(invitation=found, actor=newcomer)
    used = client.get(f"/invitations/{token}/")
    never = client.get("/invitations/never-was-one/")
    assert used.status_code == never.status_code == 404
    assert project.name not in used.content.decode()
    client.force_login(stranger)
    assert client.get(f"/invitations/{token}/").status_code == 404
    assert client.post(f"/invitations/{token}/").status_code == 404
