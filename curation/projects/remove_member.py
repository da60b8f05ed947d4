"""Use case: an admin takes somebody out of the project."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.invitations import end_links_of
from curation.projects.lock import LastAdmin, is_last_admin, lock_project
from curation.projects.models import Project, Role, User
from curation.projects.permissions import ADMINISTER
from curation.projects.picture_epoch import raise_epoch_of_people


@transaction.atomic
def remove_member(*, project: Project, membership_id: int, actor: User | None) -> None:
    """End a membership at once. What the person did stays, under their name.

    Raises NotAllowed, NotFound, LastAdmin.
    """
    lock_project(project.pk)
    require(actor, ADMINISTER, project)
    membership = project.memberships.select_related("user").filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    if is_last_admin(membership):
        raise LastAdmin(
            _("%(person)s is the only admin and cannot leave. Make somebody else an admin first.")
            % {"person": membership.user}
        )
    # Also the links they made: otherwise they could let themselves in again.
    end_links_of(project, membership.user, *Role)
    membership.delete()
    raise_epoch_of_people([membership.user_id])
    log.record(
        "project.remove_member",
        actor=actor,
        project=project,
        target=membership.user,
        role=membership.role,
    )
