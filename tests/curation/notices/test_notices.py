"""News of work by mail, for whoever wishes: once a day, without a name, and never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from smtplib import (
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone

from curation.batches.models import Assignment, Batch, HandOut
from curation.batches.return_batch import return_batch
from curation.images.models import Image
from curation.jobs import JobState
from curation.notices.models import Notice, NoticeWish
from curation.notices.selectors import Stuck, stuck_mails
from curation.notices.send_notice import send_notice
from curation.notices.start_notices import start_notices
from curation.notices.stop_links import stop_token
from curation.notices.wish_notices import wish_notices
from curation.projects.models import Membership, Project, User
from curation.subjects.models import LookAlike, Subject
from curation.troubles import Trouble
from tests.conftest import make_consent
from tests.stories.batches import KEEP, cut, hand_out, image_row
from tests.stories.gold import gold
from tests.stories.hand_out import no_longer_open, open_to_all

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def wisher(volunteer: User) -> User:
    """Vera, who wished two days ago to hear of new work."""
    wish_notices(person=volunteer, email="vera@example.org", wished=True, language="en")
    NoticeWish.objects.update(wished_at=timezone.now() - 2 * DAY)
    return volunteer


@pytest.fixture
def news(
    wisher: User, subject: Subject, organiser: User, make_image: Callable[..., Image]
) -> Batch:
    """An hour ago she was handed a batch of Ada's pictures, and Ada was opened to everybody."""
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, wisher, by=organiser)
    open_to_all(subject, by=organiser)
    an_hour_ago = timezone.now() - HOUR
    Assignment.objects.update(handed_at=an_hour_ago)
    HandOut.objects.update(opened_at=an_hour_ago)
    return batch


def tend(now: dt.datetime | None = None) -> None:
    """What supervisor and worker do."""
    start_notices(now=now or timezone.now())
    for notice in Notice.objects.filter(state=JobState.WAITING):
        send_notice(notice_id=notice.pk)


class Broken(BaseEmailBackend):
    """A mail server in trouble: what it raises is set by the test."""

    problem: Exception

    def send_messages(self, messages: Any) -> int:
        raise self.problem


def test_it_tells_project_and_counts_and_no_name(news: Batch) -> None:
    tend()
    [sent] = mail.outbox
    assert sent.to == ["vera@example.org"]
    assert sent.subject == "New pictures to judge in Fans of nobody"
    assert "1 batch is waiting for you." in sent.body
    assert "Ada" not in sent.subject + sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_speaks_the_persons_language(news: Batch, wisher: User) -> None:
    User.objects.filter(pk=wisher.pk).update(language="zh-hans")
    tend()
    assert mail.outbox[0].subject == "Fans of nobody 有新图片要筛"


def test_news_are_told_once_and_further_ones_a_day_later(news: Batch, organiser: User) -> None:
    tend()
    tend()
    assert len(mail.outbox) == 1
    HandOut.objects.update(opened_at=timezone.now())
    tend(timezone.now() + 2 * HOUR)
    assert len(mail.outbox) == 1
    tend(timezone.now() + DAY + HOUR)
    assert len(mail.outbox) == 2
    assert "batch" not in mail.outbox[1].body


def test_only_who_wishes_is_a_member_and_has_an_address_hears(news: Batch, wisher: User) -> None:
    User.objects.filter(pk=wisher.pk).update(email="")
    tend()
    User.objects.filter(pk=wisher.pk).update(email="vera@example.org")
    Membership.objects.filter(user=wisher).delete()
    tend()
    assert mail.outbox == []


@pytest.mark.parametrize("ended", ["returned", "closed", "withdrawn", "taken by herself"])
def test_what_has_ended_meanwhile_is_not_told(
    news: Batch, wisher: User, admin: User, ended: str
) -> None:
    HandOut.objects.update(opened_at=None)
    now = timezone.now()
    match ended:
        case "returned":
            Assignment.objects.update(returned_at=now)
        case "closed":
            Batch.objects.update(closed_at=now)
        case "withdrawn":
            news.subject.consents.update(withdrawn_at=now, withdrawn_by=admin)
        case _:
            Assignment.objects.update(created_by=wisher)
    tend()
    assert mail.outbox == []


@pytest.fixture
def bea(project: Project, admin: User, organiser: User) -> Subject:
    """Bea, whom nobody is taken for, open for days, with gold enough to learn by."""
    bea = Subject.objects.create(project=project, slug="bea", name="Bea")
    make_consent(bea, admin)
    for number in range(1, 61):
        image = image_row(bea, number)
        if number > 20:
            gold(image, KEEP, by=admin)
    open_to_all(bea, by=organiser)
    HandOut.objects.filter(subject=bea.pk).update(opened_at=timezone.now() - 3 * DAY)
    return bea


def test_nobody_is_told_of_a_subject_that_waits_for_a_surer_eye_than_theirs(
    news: Batch, bea: Subject, wisher: User, organiser: User
) -> None:
    """People take Ada for Eve, and Vera, who has yet to learn, is given Bea first."""
    LookAlike.objects.create(subject=news.subject, name="Eve", how_to_tell="a longer face")
    wish_notices(person=organiser, email="otto@example.org", wished=True, language="en")
    NoticeWish.objects.update(wished_at=timezone.now() - 2 * DAY)
    tend()
    told = {sent.to[0]: sent.body for sent in mail.outbox}
    assert told.keys() == {"vera@example.org", "otto@example.org"}
    assert "1 batch is waiting" in told["vera@example.org"], "what is handed out needs no level"
    assert "you may take" not in told["vera@example.org"]
    assert "you may take" in told["otto@example.org"], "no level is asked of organisers"


def test_where_that_is_all_the_news_no_mail_is_sent_until_there_are_others(
    news: Batch, bea: Subject, organiser: User
) -> None:
    LookAlike.objects.create(subject=news.subject, name="Eve", how_to_tell="a longer face")
    Assignment.objects.update(handed_at=None)
    tend()
    assert mail.outbox == []
    assert Notice.objects.get().sent_at is None
    no_longer_open(bea, by=organiser)
    HandOut.objects.filter(subject=news.subject_id).update(opened_at=timezone.now())
    tend(timezone.now() + HOUR)
    assert "you may take" in mail.outbox[0].body, "there is nothing else to learn by"


def test_a_mail_server_in_trouble_is_tried_again_and_shown(
    news: Batch, settings: Any, admin: User
) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.curation.notices.test_notices.Broken"
    Broken.problem = SMTPConnectError(421, b"away")
    tend()
    notice = Notice.objects.get()
    assert (notice.state, notice.trouble, notice.num_begun) == ("waiting", Trouble.MAIL_AWAY, 0)
    assert stuck_mails([notice.project]) == Stuck(num_waiting=1, num_refused=0, num_failed=0)
    settings.EMAIL_BACKEND = working
    Notice.objects.update(not_before=timezone.now())
    tend()
    assert len(mail.outbox) == 1
    assert stuck_mails([notice.project]) == Stuck(num_waiting=0, num_refused=0, num_failed=0)


class Forgetful(BaseEmailBackend):
    """A mail server that takes each mail, and then says nothing any more."""

    problem: Exception
    num_taken = 0

    def send_messages(self, messages: Any) -> int:
        type(self).num_taken += len(messages)
        raise self.problem


@pytest.mark.parametrize("problem", [SMTPServerDisconnected("gone"), TimeoutError("silent")])
def test_a_server_that_takes_a_mail_and_falls_silent_gets_it_twice_at_most(
    news: Batch, settings: Any, problem: Exception
) -> None:
    settings.EMAIL_BACKEND = "tests.curation.notices.test_notices.Forgetful"
    Forgetful.problem, Forgetful.num_taken = problem, 0
    for _try in range(4):
        tend()
        Notice.objects.filter(state=JobState.WAITING).update(not_before=timezone.now())
    assert Forgetful.num_taken == 2
    notice = Notice.objects.get()
    assert (notice.state, notice.num_begun) == (JobState.DONE, 0)


class NotThere(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def open(self) -> bool:
        raise ConnectionRefusedError

    def send_messages(self, messages: Any) -> int:
        raise AssertionError("nobody listens")


@pytest.mark.parametrize("how", ["NotThere", "Broken"])
def test_what_surely_was_not_taken_is_tried_without_end(
    news: Batch, settings: Any, how: str
) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"tests.curation.notices.test_notices.{how}"
    Broken.problem = SMTPDataError(451, b"try later")
    for _try in range(4):
        tend()
        Notice.objects.filter(state=JobState.WAITING).update(not_before=timezone.now())
    assert Notice.objects.get().num_begun == 0
    settings.EMAIL_BACKEND = working
    tend()
    assert len(mail.outbox) == 1


def test_a_batch_that_is_handed_out_again_is_news_and_more_time_is_none(
    news: Batch, wisher: User, organiser: User
) -> None:
    HandOut.objects.update(opened_at=None)
    tend()
    hand_out(news, wisher, by=organiser)
    tend(timezone.now() + DAY + HOUR)
    assert len(mail.outbox) == 1
    return_batch(batch=news, actor=wisher)
    hand_out(news, wisher, by=organiser)
    tend(timezone.now() + DAY + HOUR)
    assert len(mail.outbox) == 2
    assert "1 batch is waiting for you." in mail.outbox[1].body


def test_an_address_that_is_refused_for_good_is_not_tried_for_ever(
    news: Batch, wisher: User, settings: Any, admin: User
) -> None:
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.curation.notices.test_notices.Broken"
    Broken.problem = SMTPRecipientsRefused({"vera@example.org": (550, b"nobody here")})
    tend()
    settings.EMAIL_BACKEND = working
    tend()
    notice = Notice.objects.get()
    assert notice.state == JobState.FAILED
    assert stuck_mails([notice.project]) == Stuck(num_waiting=0, num_refused=1, num_failed=0)
    admin_page = Client(headers={"accept-language": "en"})
    admin_page.force_login(admin)
    home = admin_page.get("/").content.decode()
    assert "refused the address for good" in home
    assert "tried again" not in home
    wish_notices(person=wisher, email="vera@example.net", wished=True, language="en")
    tend()
    assert [sent.to for sent in mail.outbox] == [["vera@example.net"]]


def test_workers_killed_after_sending_cost_one_duplicate_and_before_it_none_lost(
    news: Batch,
) -> None:
    start_notices(now=timezone.now())
    notice = Notice.objects.get()
    for num_killed in range(4):
        if num_killed:  # handed to the server, and killed before it was written down
            Notice.objects.update(
                state=JobState.WAITING, num_begun=min(num_killed, 2), sent_at=None
            )
            Notice.objects.update(told_until=timezone.now() - 2 * DAY)
        send_notice(notice_id=notice.pk)
    # Whole, and once more after the first kill; from the second on nobody sends again.
    assert len(mail.outbox) == 2
    notice.refresh_from_db()
    assert (notice.state, notice.num_begun) == (JobState.DONE, 0)


def test_the_link_in_the_mail_ends_them_signed_out_by_one_click(news: Batch, wisher: User) -> None:
    tend()
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = address.partition("localhost:8000")[2] or "/" + address.split("/", 3)[3]
    outsider = Client(enforce_csrf_checks=True)
    assert outsider.get(path).status_code == 200
    assert NoticeWish.objects.filter(person=wisher).exists()
    answer = outsider.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not NoticeWish.objects.exists()
    assert outsider.post(f"/notices/stop/{stop_token(wisher.pk)}x/").status_code == 404


def test_on_the_account_page_they_are_off_until_wished(volunteer: User) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(volunteer)
    assert "checked" not in client.get("/accounts/notices/").content.decode()
    said = client.post("/accounts/notices/", {"wished": "on"}).content.decode()
    assert "Give your address." in said
    client.post("/accounts/notices/", {"wished": "on", "email": "vera@example.org"})
    assert NoticeWish.objects.get().person == volunteer
    client.post("/accounts/notices/", {"email": "vera@example.org"})
    assert not NoticeWish.objects.exists()
