"""Reads of this stage: what happened at the doors of accounts, and which accounts there are."""

from __future__ import annotations

from django.db.models import QuerySet

from curation.accounts.models import AccountEvent
from curation.projects.models import Membership, Project, User


def events_of_members(project: Project) -> QuerySet[AccountEvent]:
    """Sign-ins of the people who are in the project now, newest first."""
    members = Membership.objects.filter(project=project).values("user")
    return AccountEvent.objects.filter(person__in=members).select_related("person").order_by("-id")


def all_events() -> QuerySet[AccountEvent]:
    """Sign-ins of everybody, newest first."""
    return AccountEvent.objects.select_related("person").order_by("-id")


def all_people() -> QuerySet[User]:
    """Every account, newest first, each with its memberships."""
    return User.objects.prefetch_related("memberships__project").order_by("-id")
