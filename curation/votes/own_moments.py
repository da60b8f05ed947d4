"""When one person judged, for their own page."""

from __future__ import annotations

import datetime as dt
import heapq

from django.db.models import QuerySet

from curation.gold.models import GoldAnswerEvent, Kind
from curation.projects.models import User
from curation.votes.models import VoteEvent

NEWEST = 2000
"""The pace is that of the newest votes: people get quicker."""


def newest_moments(person: User) -> list[dt.datetime]:
    """The moments of the person's newest votes, the oldest first. Two queries.

    With hidden gold among them: without, a gap would tell where it lay.
    """
    votes, gold = (rows.order_by("-id")[:NEWEST] for rows in _judging_of(person))
    newest = heapq.merge(*(sorted(rows.values_list("at", flat=True)) for rows in (votes, gold)))
    return list(newest)[-NEWEST:]


def days_judged(person: User, *, since: dt.date, zone: dt.tzinfo) -> list[dt.date]:
    """The days from `since` on, in that time zone, on which the person judged. Two queries."""
    begin = dt.datetime.combine(since, dt.time(), zone)
    days = {
        at.astimezone(zone).date()
        for rows in _judging_of(person)
        for at in rows.filter(at__gte=begin).values_list("at", flat=True)
    }
    return sorted(days)


def _judging_of(person: User) -> tuple[QuerySet[VoteEvent], QuerySet[GoldAnswerEvent]]:
    """What is no taking back."""
    return (
        VoteEvent.objects.filter(volunteer=person, is_rolled_back=False).exclude(verdict=""),
        GoldAnswerEvent.objects.filter(person=person, kind=Kind.HIDDEN).exclude(verdict=""),
    )
