"""Use case: an organiser reminds people by mail of what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from curation.jobs import UNTRIED, JobState
from curation.notices.models import ADDRESS_REFUSED, Notice, NoticeWish
from curation.notices.news import BETWEEN
from curation.notices.tasks import send_notice_task
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE
from curation.queue import enqueue


class Nudged(StrEnum):
    """What became of reminding one person."""

    DONE = "done"
    HEARD_TODAY = "heard_today"
    """They had a mail within the day, or one is on its way."""
    NO_MAILS = "no_mails"
    """They wish none, or have no address that takes any."""


def nudge(*, project: Project, people: Iterable[User], actor: User | None) -> dict[User, Nudged]:
    """Queue a mail to each who wishes mails, that what they hold is waiting.

    A person hears from the site in this way once a day at most, whoever asks and in whatever
    project. Who holds nothing with work in it any more when the mail is due is sent none.
    Raises NotAllowed.
    """
    require(actor, ORGANISE, project)
    return {person: _nudge(project, person, actor) for person in people}


@transaction.atomic
def _nudge(project: Project, person: User, actor: User | None) -> Nudged:
    wish = NoticeWish.objects.filter(person=person).first()
    if wish is None or not person.email or not person.is_active:
        return Nudged.NO_MAILS
    # Held still, so that two who remind the same person at once send one mail.
    User.objects.select_for_update().get(pk=person.pk)
    notice, _created = Notice.objects.select_for_update().get_or_create(
        project=project,
        person=person,
        defaults={
            "told_until": wish.wished_at,
            "telling_until": wish.wished_at,
            "state": JobState.DONE,
        },
    )
    if notice.problem == ADDRESS_REFUSED:
        return Nudged.NO_MAILS
    theirs = Notice.objects.filter(person=person)
    is_on_its_way = theirs.filter(state__in=(JobState.WAITING, JobState.RUNNING)).exists()
    if is_on_its_way or theirs.filter(sent_at__gt=timezone.now() - BETWEEN).exists():
        return Nudged.HEARD_TODAY
    Notice.objects.filter(pk=notice.pk).update(
        **UNTRIED, telling_until=notice.told_until, is_reminder=True
    )
    log.record("notice.nudge", actor=actor, project=project, target=project, person=person.username)
    enqueue(notice, send_notice_task)
    return Nudged.DONE
