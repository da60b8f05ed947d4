"""Shutting somebody out: at once, everywhere, with all they did kept."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from curation.accounts.adapter import AccountAdapter
from curation.accounts.deactivate import deactivate
from curation.accounts.reactivate import reactivate
from curation.batches.lock import lock_subject
from curation.batches.models import Assignment
from curation.batches.revoke_batch import revoke_batch
from curation.errors import NotAllowed, NotFound
from curation.images.models import Image
from curation.projects.invitations import find_open_invitation
from curation.projects.invite import invite
from curation.projects.lock import LastAdmin
from curation.projects.models import ActionLog, Project, Role, User
from curation.projects.remove_member import remove_member
from curation.subjects.models import Subject
from curation.votes.models import Vote
from tests.conftest import make_member
from tests.curation.subjects.test_gate_races import Statements, together, wait_until
from tests.stories.batches import KEEP, cut, hand_out, items_of, vote
from tests.stories.people import membership


def test_every_session_ends_with_the_next_click_and_does_not_come_back(
    admin: User, volunteer: User
) -> None:
    phone, desktop = Client(), Client()
    for browser in (phone, desktop):
        browser.force_login(volunteer)
        assert browser.get("/").status_code == 200
    deactivate(person=volunteer, actor=admin)
    for browser in (phone, desktop):
        assert browser.get("/").status_code == 302
        assert browser.get("/api/v1/runs/1").status_code == 401
    reactivate(person=volunteer, actor=admin)
    for browser in (phone, desktop):
        assert browser.get("/").status_code == 302, "a session that ended has ended"


def test_they_cannot_sign_in_until_they_are_let_in_again(
    admin: User, volunteer: User, client: Client
) -> None:
    deactivate(person=volunteer, actor=admin)
    given = {"login": "vera", "password": "vera"}
    answer = client.post("/accounts/login/", given, follow=True)
    assert "This account is closed" in answer.content.decode()
    assert client.get("/").status_code == 302
    reactivate(person=volunteer, actor=admin)
    assert client.post("/accounts/login/", given)["Location"] == "/"


def test_their_batches_return_and_their_votes_stay(
    admin: User, volunteer: User, subject: Subject, make_image: Callable[..., Image]
) -> None:
    batch = cut(subject, make_image, num=2, by=admin)
    hand_out(batch, volunteer, by=admin)
    vote(volunteer, items_of(batch)[0], KEEP)
    assert deactivate(person=volunteer, actor=admin) == 1
    assert Assignment.objects.get().returned_at is not None
    assert Vote.objects.filter(volunteer=volunteer).count() == 1
    line = ActionLog.objects.filter(action="account.deactivate", project__isnull=False).get()
    assert line.details["returned"] == ["Ada / batch 1"], "the organiser finds them in the log"
    reactivate(person=volunteer, actor=admin)
    assert Assignment.objects.get().returned_at is not None


def test_links_that_they_made_let_nobody_in(admin: User, staff: User, project: Project) -> None:
    token = invite(project=project, role=Role.ADMIN, actor=admin)
    deactivate(person=admin, actor=staff)
    assert find_open_invitation(token) is None


def test_again_it_changes_nothing(admin: User, volunteer: User) -> None:
    for _ in range(2):
        deactivate(person=volunteer, actor=admin)
    assert ActionLog.objects.filter(action="account.deactivate").count() == 2, "project and site"
    for _ in range(2):
        reactivate(person=volunteer, actor=admin)
    assert ActionLog.objects.filter(action="account.reactivate").count() == 2


def test_who_may_not_look_after_them_may_not(
    admin: User, organiser: User, volunteer: User, stranger: User
) -> None:
    for actor in (organiser, stranger, volunteer):
        for act in (deactivate, reactivate):
            with pytest.raises((NotFound, NotAllowed)):
                act(person=volunteer, actor=actor)
    with pytest.raises(NotAllowed, match="your own account"):
        deactivate(person=admin, actor=admin)
    with pytest.raises(NotFound):
        deactivate(person=stranger, actor=admin)
    assert not User.objects.filter(is_active=False).exists()


def test_an_admin_who_cannot_get_in_is_no_admin_to_leave_a_project_to(
    admin: User, staff: User, project: Project
) -> None:
    other = make_member(project, "abel", Role.ADMIN)
    deactivate(person=other, actor=staff)
    with pytest.raises(LastAdmin):
        remove_member(project=project, membership_id=membership(admin, project).pk, actor=admin)


def test_a_stolen_account_of_the_only_admin_is_stopped(admin: User, staff: User) -> None:
    deactivate(person=admin, actor=staff)
    admin.refresh_from_db()
    assert not admin.is_active


def test_a_password_that_is_being_changed_meanwhile_opens_nothing(
    admin: User, volunteer: User
) -> None:
    read_before = User.objects.get(pk=volunteer.pk)
    deactivate(person=volunteer, actor=admin)
    AccountAdapter().set_password(read_before, "chaff blown off the tray")
    volunteer.refresh_from_db()
    assert not volunteer.is_active


@pytest.mark.django_db(transaction=True)
def test_two_of_the_staff_who_shut_each_other_out_at_once_leave_one() -> None:
    one, two = (User.objects.create_user(name, is_staff=True) for name in ("one", "two"))
    start = threading.Barrier(2, timeout=30)
    refused: list[str] = []

    def shut_out(person: User, actor: User) -> None:
        try:
            start.wait()
            deactivate(person=person, actor=actor)
        except NotAllowed:
            refused.append(actor.username)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=shut_out, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert User.objects.filter(is_active=True).count() == 1
    assert len(refused) == 1


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_is_taken_back_meanwhile_does_not_stand_in_the_way(
    admin: User,
    organiser: User,
    volunteer: User,
    subject: Subject,
    make_image: Callable[..., Image],
) -> None:
    """Both end what their pages show. Locked in two orders, each would wait for the other."""
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    has_begun = threading.Event()
    deactivating = Statements()

    def take_back() -> None:
        with transaction.atomic():
            lock_subject(subject.pk)
            has_begun.set()
            wait_until(deactivating.one_waits)
            revoke_batch(batch=batch, volunteer=volunteer, actor=organiser)

    def shut_out() -> None:
        assert has_begun.wait(timeout=30)
        with connection.execute_wrapper(deactivating):
            deactivate(person=volunteer, actor=admin)

    together(take_back, shut_out)
    volunteer.refresh_from_db()
    assert (volunteer.is_active, volunteer.picture_epoch) == (False, 2)
