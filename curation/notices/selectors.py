"""Reads of this stage: who wishes mails, and which mails do not get through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from curation.jobs import JobState
from curation.notices.models import ADDRESS_REFUSED, Notice, NoticeWish
from curation.projects.models import Project, User


def wishes_notices(person: User) -> bool:
    """Whether mails about new work go to the person."""
    return NoticeWish.objects.filter(person=person).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stuck:
    """How many mails do not get through, by what becomes of them."""

    num_waiting: int
    """They wait for the mail server, and are tried again."""
    num_refused: int
    """So many people's address the server will never take; they have to give another."""
    num_failed: int
    """They broke, and the next news try anew; the log has it."""


def stuck_mails(projects: Iterable[Project]) -> Stuck:
    """The mails of these projects that do not get through. One query."""
    is_failed, is_refused = Q(state=JobState.FAILED), Q(problem=ADDRESS_REFUSED)
    nums = Notice.objects.filter(project__in=list(projects)).aggregate(
        num_waiting=Count("pk", filter=Q(state=JobState.WAITING) & ~Q(trouble="")),
        num_refused=Count("person", filter=is_failed & is_refused, distinct=True),
        num_failed=Count("pk", filter=is_failed & ~is_refused),
    )
    return Stuck(**nums)
