"""An invitation's page: shown once, for signing up or in, silent to others."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from curation.projects.accept_invitation import accept_invitation
from curation.projects.invitations import find_open_invitation
from curation.projects.invite import invite
from curation.projects.models import Project, Role, User
from curation.projects.remove_member import remove_member
from tests.stories.people import SIGN_UP, membership, role_of


def test_the_link_is_shown_once_and_never_again(
    project: Project, admin: User, client: Client
) -> None:
    client.force_login(admin)
    page = client.post(
        "/projects/fans/members/invite/", {"role": "volunteer", "places": 1, "days": 14}
    )
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
        invitation = find_open_invitation(token)
        if invitation is not None:
            accept_invitation(invitation=invitation, actor=newcomer)

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
    invitation = find_open_invitation(token)
    assert invitation is not None
    accept_invitation(invitation=invitation, actor=newcomer)
    used = client.get(f"/invitations/{token}/")
    never = client.get("/invitations/never-was-one/")
    assert used.status_code == never.status_code == 404
    assert project.name not in used.content.decode()
    client.force_login(stranger)
    assert client.get(f"/invitations/{token}/").status_code == 404
    assert client.post(f"/invitations/{token}/").status_code == 404


def test_whoever_was_removed_does_not_come_back_by_their_link(
    project: Project, admin: User, newcomer: User, client: Client
) -> None:
    path = f"/invitations/{invite(project=project, role=Role.VOLUNTEER, actor=admin, places=3)}/"
    client.force_login(newcomer)
    client.post(path)
    remove_member(project=project, membership_id=membership(newcomer, project).pk, actor=admin)
    assert client.get(path).headers["Location"] == "/"
    client.post(path)
    assert role_of(newcomer, project) is None
