"""Keeping account events: what is written, how much of it, and for how long."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.utils import timezone

from curation.accounts.models import AccountEvent, Kind
from curation.projects.models import User

KEPT_FOR = dt.timedelta(days=180)
"""Half a year, as Chinese law asks of such logs; then the rows go."""

MOST_FAILURES_AN_HOUR = 20
"""Of one person, or of all unknown names together: who fails a million times fills no disk."""

_FAILURES = (Kind.FAILED, Kind.FAILED_TWICE, Kind.REFUSED)


def record_event(kind: Kind, *, person: User | None, network: str) -> None:
    """Add a row, unless it is one failure too many of this hour.

    Signing in also sweeps: rows and sessions that are over are deleted, so that neither table
    grows for ever and nothing has to be scheduled.
    """
    if kind in _FAILURES and _failures_this_hour(person) >= MOST_FAILURES_AN_HOUR:
        return
    AccountEvent.objects.create(kind=kind, person=person, network=network)
    if kind in (Kind.SIGNED_IN, Kind.SIGNED_IN_TWICE):
        now = timezone.now()
        AccountEvent.objects.filter(at__lt=now - KEPT_FOR).delete()
        Session.objects.filter(expire_date__lt=now).delete()


def has_signed_in_from(person: User, network: str) -> bool:
    """Whether the person got in from this network lately."""
    return AccountEvent.objects.filter(
        person=person, network=network, kind__in=(Kind.SIGNED_IN, Kind.SIGNED_IN_TWICE)
    ).exists()


def _failures_this_hour(person: User | None) -> int:
    since = timezone.now() - dt.timedelta(hours=1)
    return AccountEvent.objects.filter(person=person, kind__in=_FAILURES, at__gte=since).count()
