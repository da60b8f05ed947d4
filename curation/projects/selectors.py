"""What is read of projects and their people."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, IntegerField, QuerySet, Value, When

from curation.projects.invitations import open_invitations
from curation.projects.models import ActionLog, Invitation, Membership, Project, Role, User

_SENIORITY = Case(
    When(role=Role.ADMIN, then=Value(0)),
    When(role=Role.ORGANISER, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def memberships_of(user: User) -> QuerySet[Membership]:
    """The person's projects with their role in each, by the project's name."""
    return (
        Membership.objects.filter(user=user)
        .select_related("project")
        .order_by("project__name", "project__id")
    )


def members_of(project: Project) -> QuerySet[Membership]:
    """The project's people, admins first, then in order of joining."""
    return (
        Membership.objects.filter(project=project)
        .select_related("user")
        .order_by(_SENIORITY, "joined_at", "id")
    )


def waiting_invitations(project: Project) -> QuerySet[Invitation]:
    """Links that somebody can still accept, newest first."""
    return open_invitations().filter(project=project).select_related("created_by").order_by("-id")


def log_of(project: Project | None) -> QuerySet[ActionLog]:
    """What was done in the project, newest first; None asks for what was done to the site."""
    return ActionLog.objects.filter(project=project).select_related("actor").order_by("-id")


def acts_where(
    acts: QuerySet[ActionLog],
    *,
    who: str,
    action: str,
    target: str,
    since: dt.datetime | None,
    before: dt.datetime | None,
) -> QuerySet[ActionLog]:
    """Of these, the acts that fit all that is given: parts of a name and of a target, the act."""
    if who:
        acts = acts.filter(actor__username__icontains=who)
    if action:
        acts = acts.filter(action=action)
    if target:
        acts = acts.filter(target__icontains=target)
    if since:
        acts = acts.filter(at__gte=since)
    if before:
        acts = acts.filter(at__lt=before)
    return acts
