"""An organiser reminds people of what they hold: once a day, and only who wishes mails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.core import mail
from django.utils import timezone

from curation.batches.models import Assignment, Batch
from curation.batches.return_batch import return_batch
from curation.errors import NotAllowed
from curation.images.models import Image
from curation.notices.models import Notice, NoticeWish
from curation.notices.nudge import Nudged, nudge
from curation.notices.wish_notices import wish_notices
from curation.projects.models import ActionLog, Project, User
from curation.subjects.models import Subject
from tests.curation.notices.test_notices import tend
from tests.curation.votes.test_races import all_at_once
from tests.stories.batches import KEEP, crowd, cut, hand_out, items_of, vote

DAY = dt.timedelta(days=1)


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    """Handed to Vera a week ago, who wishes mails and was told of it then."""
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    wish_notices(person=volunteer, email="vera@example.org", wished=True, language="en")
    Assignment.objects.update(handed_at=timezone.now() - 7 * DAY)
    NoticeWish.objects.update(wished_at=timezone.now() - 6 * DAY)
    return batch


def test_a_reminder_says_how_much_is_held_and_is_on_record(
    batch: Batch, project: Project, organiser: User, volunteer: User
) -> None:
    assert nudge(project=project, people=[volunteer], actor=organiser) == {volunteer: Nudged.DONE}
    tend()
    [sent] = mail.outbox
    assert sent.subject == "Pictures wait for you in Fans of nobody"
    assert "you hold 1 batch with pictures that wait for you" in sent.body
    assert "Ada" not in sent.body
    line = ActionLog.objects.get(action="notice.nudge")
    assert (line.actor, line.details["person"]) == (organiser, volunteer.username)
    assert not Notice.objects.get().is_reminder


def test_once_a_day_whoever_asks(
    batch: Batch, project: Project, organiser: User, admin: User, volunteer: User
) -> None:
    for _ in range(2):
        nudge(project=project, people=[volunteer], actor=organiser)
    tend()
    again = nudge(project=project, people=[volunteer], actor=admin)
    assert again == {volunteer: Nudged.HEARD_TODAY}
    assert len(mail.outbox) == 1
    Notice.objects.update(sent_at=timezone.now() - DAY)
    nudge(project=project, people=[volunteer], actor=admin)
    tend()
    assert len(mail.outbox) == 2


def test_who_wishes_no_mails_gets_none(batch: Batch, project: Project, organiser: User) -> None:
    [other] = crowd(project, 1)
    assert nudge(project=project, people=[other], actor=organiser) == {other: Nudged.NO_MAILS}
    assert not Notice.objects.exists()


@pytest.mark.parametrize("ending", ["judged", "returned"])
def test_who_holds_nothing_unfinished_any_more_gets_none(
    batch: Batch, project: Project, organiser: User, volunteer: User, ending: str
) -> None:
    nudge(project=project, people=[volunteer], actor=organiser)
    if ending == "judged":
        vote(volunteer, items_of(batch)[0], KEEP)
    else:
        return_batch(batch=batch, actor=volunteer)
    tend()
    assert mail.outbox == []
    assert not Notice.objects.get().is_reminder


def test_only_organisers_remind(batch: Batch, project: Project, volunteer: User) -> None:
    with pytest.raises(NotAllowed):
        nudge(project=project, people=[volunteer], actor=volunteer)


@pytest.mark.django_db(transaction=True)
def test_two_who_remind_at_once_send_one_mail(
    batch: Batch, project: Project, organiser: User, admin: User, volunteer: User
) -> None:
    acts = [
        partial(nudge, project=project, people=[volunteer], actor=person)
        for person in (organiser, admin)
    ]
    said = [outcome for answer in all_at_once(acts) for outcome in answer.values()]
    assert sorted(said) == [Nudged.DONE, Nudged.HEARD_TODAY]
    tend()
    assert len(mail.outbox) == 1
