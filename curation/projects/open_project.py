"""Use case: site staff open a new project."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require_staff
from curation.projects.days import require_time_zone
from curation.projects.models import Membership, Project, Role, Rule, User
from curation.projects.slugs import choose_slug


@transaction.atomic
def open_project(
    *,
    name: str,
    slug: str = "",
    time_zone: str = "UTC",
    rule: Rule = Rule.PLAIN,
    actor: User | None,
    admin: User | None = None,
) -> Project:
    """Open a project with its first admin: `admin`, else the person who opens it.

    Raises NotAllowed to people who are not site staff, SecondFactorNeeded, InvalidInput for an
    unusable name, address or time zone.
    """
    if actor is not None:
        require_staff(actor)
    first_admin = admin or actor
    if first_admin is None:
        raise InvalidInput(_("A project needs a first admin."))
    name = name.strip()
    if not name:
        raise InvalidInput(_("A project needs a name."))
    require_time_zone(time_zone)
    taken = set(Project.objects.values_list("slug", flat=True))
    project = Project.objects.create(
        name=name,
        slug=choose_slug(wanted=slug, name=name, taken=taken, otherwise="project"),
        time_zone=time_zone,
        rule=rule,
    )
    Membership.objects.create(project=project, user=first_admin, role=Role.ADMIN)
    log.record(
        "project.open",
        actor=actor,
        project=project,
        target=project,
        admin=first_admin.username,
        time_zone=time_zone,
        rule=rule.value,
    )
    return project
