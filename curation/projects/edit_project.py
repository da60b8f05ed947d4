"""Use case: an admin corrects a project's name or says in which time zone its days are."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.days import require_time_zone
from curation.projects.lock import lock_project
from curation.projects.models import Project, User
from curation.projects.permissions import ADMINISTER
from curation.projects.picture_epoch import raise_epoch_of_people


@transaction.atomic
def edit_project(*, project: Project, name: str, time_zone: str, actor: User | None) -> None:
    """Change the name and the time zone. The address stays, so that links keep working.

    Another time zone moves the midnights at which consents begin and end.
    Raises NotAllowed, InvalidInput.
    """
    lock_project(project.pk)
    require(actor, ADMINISTER, project)
    require_time_zone(time_zone)
    name = name.strip()
    if not name:
        raise InvalidInput(_("A project needs a name."))
    if (project.name, project.time_zone) == (name, time_zone):
        return
    if project.time_zone != time_zone:
        raise_epoch_of_people(list(project.memberships.values_list("user", flat=True)))
    before = {"name_before": project.name, "time_zone_before": project.time_zone}
    project.name, project.time_zone = name, time_zone
    project.save(update_fields=["name", "time_zone"])
    log.record(
        "project.edit", actor=actor, project=project, target=project, time_zone=time_zone, **before
    )
