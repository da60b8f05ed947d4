"""Links that set a password anew: one person's, once, for a day, and nobody's way up."""

from __future__ import annotations

import datetime as dt
import threading
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from curation.accounts.deactivate import deactivate
from curation.accounts.errors import IsDeactivated, ResetLinkOver
from curation.accounts.make_reset_link import make_reset_link
from curation.accounts.models import ResetLink
from curation.accounts.reset_links import find_reset_link
from curation.accounts.reset_password import reset_password
from curation.errors import NotAllowed, NotFound
from curation.projects.models import ActionLog, Membership, Project, Role, User
from tests.stories.people import PASSWORD, membership

NEW = "chaff blown off the tray"


def is_over(token: str) -> bool:
    try:
        find_reset_link(token)
    except ResetLinkOver:
        return True
    return False


def test_it_works_once(admin: User, volunteer: User) -> None:
    token = make_reset_link(person=volunteer, actor=admin)
    assert token not in str(ResetLink.objects.values().get()), "only a digest is kept"
    reset_password(token=token, password=NEW)
    volunteer.refresh_from_db()
    assert volunteer.check_password(NEW)
    with pytest.raises(ResetLinkOver):
        reset_password(token=token, password="another one of mine")
    volunteer.refresh_from_db()
    assert volunteer.check_password(NEW)


def test_it_holds_for_a_day(admin: User, volunteer: User) -> None:
    token = make_reset_link(person=volunteer, actor=admin)
    ends = ResetLink.objects.get().expires_at - timezone.now()
    assert dt.timedelta(hours=23) < ends <= dt.timedelta(hours=24)
    ResetLink.objects.update(expires_at=timezone.now())
    assert is_over(token)


def test_a_newer_link_and_a_changed_password_make_it_worthless(
    admin: User, volunteer: User, client: Client
) -> None:
    first = make_reset_link(person=volunteer, actor=admin)
    second = make_reset_link(person=volunteer, actor=admin)
    assert is_over(first)
    assert not is_over(second)
    client.force_login(volunteer)
    given = {"oldpassword": "vera", "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", given).status_code == 302
    assert is_over(second)


def test_every_session_of_theirs_ends(admin: User, volunteer: User) -> None:
    phone, desktop, other = Client(), Client(), Client()
    for browser in (phone, desktop):
        browser.force_login(volunteer)
    other.force_login(admin)
    reset_password(token=make_reset_link(person=volunteer, actor=admin), password=NEW)
    assert phone.get("/").status_code == desktop.get("/").status_code == 302
    assert other.get("/").status_code == 200


def test_making_and_using_it_is_logged_for_the_project_and_the_site(
    admin: User, volunteer: User, project: Project
) -> None:
    reset_password(token=make_reset_link(person=volunteer, actor=admin), password=NEW)
    for place in (project, None):
        made = ActionLog.objects.get(project=place, action="account.make_reset_link")
        used = ActionLog.objects.get(project=place, action="account.reset_password")
        assert (made.actor, made.target) == (admin, "vera")
        assert (used.actor, used.details["link_by"]) == (volunteer, "anna")
        assert NEW not in str(vars(used))


def test_organisers_and_strangers_make_none(
    organiser: User, stranger: User, volunteer: User
) -> None:
    for actor in (organiser, stranger):
        with pytest.raises(NotFound):
            make_reset_link(person=volunteer, actor=actor)
    assert not ResetLink.objects.exists()


def test_nobody_waits_with_a_link_for_somebody_to_rise(
    admin: User, volunteer: User, stranger: User
) -> None:
    """Made while vera was a volunteer here alone; then another project makes her an admin."""
    token = make_reset_link(person=volunteer, actor=admin)
    others = Project.objects.get(slug="others")
    joined = Membership.objects.create(project=others, user=volunteer, role=Role.ADMIN)
    assert is_over(token)
    with pytest.raises(ResetLinkOver):
        reset_password(token=token, password=NEW)
    with pytest.raises(NotAllowed):
        make_reset_link(person=volunteer, actor=admin)
    joined.delete()
    User.objects.filter(pk=volunteer.pk).update(is_staff=True)
    assert is_over(token)


def test_a_link_of_who_is_no_admin_any_more_opens_nothing(
    admin: User, volunteer: User, project: Project
) -> None:
    token = make_reset_link(person=volunteer, actor=admin)
    row = membership(admin, project)
    row.role = Role.ORGANISER
    row.save()
    assert is_over(token)
    row.role = Role.ADMIN
    row.save()
    assert not is_over(token)
    User.objects.filter(pk=admin.pk).update(is_active=False)
    assert is_over(token)


def test_who_is_deactivated_gets_none_and_loses_theirs(
    admin: User, staff: User, volunteer: User
) -> None:
    token = make_reset_link(person=volunteer, actor=admin)
    deactivate(person=volunteer, actor=staff)
    assert is_over(token)
    with pytest.raises(IsDeactivated, match="Reactivate it first"):
        make_reset_link(person=volunteer, actor=admin)


def test_it_lets_nobody_past_a_second_factor(admin: User, volunteer: User, client: Client) -> None:
    Authenticator.objects.create(user=volunteer, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    reset_password(token=make_reset_link(person=volunteer, actor=admin), password=NEW)
    answer = client.post("/accounts/login/", {"login": "vera", "password": NEW})
    assert answer["Location"] == "/accounts/2fa/authenticate/"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_link_at_once_one_sets_the_password(
    admin: User, volunteer: User
) -> None:
    token = make_reset_link(person=volunteer, actor=admin)
    start = threading.Barrier(4, timeout=30)
    set_by: list[str] = []

    def use(password: str) -> None:
        try:
            start.wait()
            reset_password(token=token, password=password)
            set_by.append(password)
        except ResetLinkOver:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=use, args=(f"{NEW} {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    volunteer.refresh_from_db()
    assert len(set_by) == 1
    assert volunteer.check_password(set_by[0])


def reset_link(*arguments: str) -> str:
    said = StringIO()
    call_command("reset_link", *arguments, stdout=said)
    return said.getvalue().strip()


def test_the_command_lets_even_the_staff_in_again(staff: User, client: Client) -> None:
    link = reset_link("site", "--site", "https://winnow.example/")
    assert link.startswith("https://winnow.example/reset/")
    page = link.removeprefix("https://winnow.example")
    client.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    answer = client.post("/accounts/login/", {"login": "site", "password": PASSWORD})
    assert answer["Location"] == "/"
    assert ActionLog.objects.get(action="account.make_reset_link").actor is None


def test_the_command_forgets_a_lost_phone_only_when_asked(staff: User) -> None:
    Authenticator.objects.create(user=staff, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    reset_link("site")
    assert Authenticator.objects.exists()
    reset_link("site", "--remove-second-factor")
    assert not Authenticator.objects.exists()
    assert ActionLog.objects.filter(action="account.remove_second_factor").exists()


def test_the_command_says_whom_it_does_not_know(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody is called nobody"):
        reset_link("nobody")
