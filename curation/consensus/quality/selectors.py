"""Reads of the page on quality besides the figures: who it is about, and when they voted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count
from django.db.models.functions import TruncDate

from curation.errors import NotFound
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.models import Vote

NEWEST_DAYS = 30


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """By key, the names of people, members or not. One query."""
    return dict(User.objects.filter(pk__in=list(person_ids)).values_list("pk", "username"))


def access_voter(subject: Subject, person_id: int) -> User:
    """Who has voted on the subject's pictures, or votes in its project. Raises NotFound."""
    person = User.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    votes = Vote.objects.filter(volunteer=person, image__subject=subject)
    if not (votes.exists() or person.memberships.filter(project=subject.project_id).exists()):
        raise NotFound
    return person


def days_of_votes(subject: Subject, person: User, *, zone: dt.tzinfo) -> list[tuple[dt.date, int]]:
    """The newest days in that time zone on which the person cast votes that stand, with their
    number, the newest first. One query."""
    votes = Vote.objects.filter(volunteer=person, image__subject=subject)
    by_day = votes.annotate(day=TruncDate("cast_at", tzinfo=zone)).values("day")
    rows = by_day.annotate(num=Count("pk")).order_by("-day").values_list("day", "num")
    return list(rows[:NEWEST_DAYS])
