"""What is new to a person in a project: batches handed to them, subjects opened to all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from curation.batches.models import Assignment
from curation.jobs import JobState
from curation.notices.models import ADDRESS_REFUSED, Notice, NoticeWish
from curation.projects.models import Membership, Project, User
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject
from curation.votes.practised_eyes import subjects_to_take
from curation.votes.progress import batches_held_by

QUIET = dt.timedelta(minutes=5)
"""News wait so long: one mail then tells of all that an organiser does in a row, and no transaction
is still under way that will have done something before that moment."""
BETWEEN = dt.timedelta(days=1)
"""At least so long after a mail the same project sends the same person no other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """How much is new. No names: an address may be anybody's."""

    num_batches: int
    num_subjects: int
    num_held: int = 0
    """Batches that they hold and have not finished, where an organiser reminds them of these."""

    @property
    def is_any(self) -> bool:
        return self.num_batches > 0 or self.num_subjects > 0 or self.num_held > 0


def news_for(
    person: User, project: Project, *, after: dt.datetime, until: dt.datetime, now: dt.datetime
) -> News:
    """What came after `after`, until `until`, and still stands. Eight queries at most.

    A subject that they are not given as long as their eye is not sure enough is no news to them:
    once it is, they get its pictures by asking for work, as everybody does.
    """
    batches = _handed_out(now).filter(
        volunteer=person,
        batch__subject__project=project,
        handed_at__gt=after,
        handed_at__lte=until,
    )
    given = [each.pk for each in subjects_to_take(person) if each.project_id == project.pk]
    subjects = _opened().filter(
        pk__in=given, hand_out__opened_at__gt=after, hand_out__opened_at__lte=until
    )
    return News(num_batches=batches.count(), num_subjects=subjects.count())


def num_unfinished(person: User, project: Project) -> int:
    """How many batches of the project the person holds in which pictures wait for them."""
    return sum(
        held.num_left > 0
        for held in batches_held_by(person)
        if held.batch.subject.project_id == project.pk
    )


def due(now: dt.datetime) -> QuerySet[Membership]:
    """Members who wish to hear, of whose project there may be news and no mail for a day.

    Whether they are given the subjects that were opened, `news_for` asks.
    """
    until = now - QUIET
    notice = Notice.objects.filter(project=OuterRef("project"), person=OuterRef("user"))
    busy = notice.filter(
        Q(state__in=(JobState.WAITING, JobState.RUNNING))
        | Q(problem=ADDRESS_REFUSED)
        | Q(sent_at__gt=now - BETWEEN)
    )
    batches = _handed_out(now).filter(
        volunteer=OuterRef("user"),
        batch__subject__project=OuterRef("project"),
        handed_at__lte=until,
        handed_at__gt=OuterRef("user__notice_wish__wished_at"),
    )
    subjects = _opened().filter(
        project=OuterRef("project"),
        hand_out__opened_at__lte=until,
        hand_out__opened_at__gt=OuterRef("user__notice_wish__wished_at"),
    )
    untold = Exists(batches.filter(~_told("handed_at"))) | Exists(
        subjects.filter(~_told("hand_out__opened_at"))
    )
    wishes = NoticeWish.objects.filter(person=OuterRef("user"))
    return (
        Membership.objects.filter(Exists(wishes), ~Exists(busy), untold, user__is_active=True)
        .exclude(user__email="")
        .select_related("user__notice_wish", "project")
        .order_by("id")
    )


def _told(moment: str) -> Exists:
    """The condition that a mail told of what came at that column's moment."""
    return Exists(
        Notice.objects.filter(
            project=OuterRef(OuterRef("project")),
            person=OuterRef(OuterRef("user")),
            told_until__gte=OuterRef(moment),
        )
    )


def _handed_out(now: dt.datetime) -> QuerySet[Assignment]:
    """Leases that somebody else gave, and under which there is work."""
    return Assignment.objects.filter(
        ~Q(created_by=F("volunteer")),
        covered(Act.CURATE, subject="batch__subject"),
        returned_at=None,
        leased_until__gt=now,
        batch__closed_at=None,
    )


def _opened() -> QuerySet[Subject]:
    return Subject.objects.filter(covered(Act.CURATE), hand_out__opened_at__isnull=False)
