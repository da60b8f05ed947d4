"""See to it that whoever wishes to hears of new work, once a day and project at the most."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from curation.jobs import UNTRIED, JobState
from curation.notices.models import Notice
from curation.notices.news import QUIET, due
from curation.notices.tasks import send_notice_task
from curation.projects.models import Membership
from curation.queue import enqueue

SECONDS_BETWEEN_LOOKS = 60.0


class Notices:
    """Looks now and then whether somebody is to be told; queries nothing in between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at = -float("inf")

    def __call__(self) -> int:
        if self._clock() - self._looked_at < SECONDS_BETWEEN_LOOKS:
            return 0
        self._looked_at = self._clock()
        return start_notices(now=timezone.now())


def start_notices(*, now: dt.datetime) -> int:
    """Queue a mail for each member who may have news. One query while there is nothing to tell."""
    return sum(_start(member, now) for member in list(due(now)))


@transaction.atomic
def _start(member: Membership, now: dt.datetime) -> int:
    wished_at = member.user.notice_wish.wished_at
    notice, _created = Notice.objects.select_for_update().get_or_create(
        project=member.project,
        person=member.user,
        defaults={"told_until": wished_at, "telling_until": wished_at, "state": JobState.DONE},
    )
    if notice.state in (JobState.WAITING, JobState.RUNNING):
        return 0
    Notice.objects.filter(pk=notice.pk).update(**UNTRIED, telling_until=now - QUIET)
    enqueue(notice, send_notice_task)
    return 1
