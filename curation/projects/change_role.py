"""Use case: an admin gives a member another role."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import NotFound
from curation.projects import log
from curation.projects.access import require
from curation.projects.invitations import end_links_of, permission_to_invite
from curation.projects.lock import LastAdmin, is_last_admin, lock_project
from curation.projects.models import Project, Role, User
from curation.projects.permissions import ADMINISTER, has_role_for
from curation.projects.picture_epoch import raise_epoch_of_people


@transaction.atomic
def change_role(*, project: Project, membership_id: int, role: Role, actor: User | None) -> None:
    """Give the member `role`. The same role again changes nothing.

    Raises NotAllowed, NotFound, LastAdmin.
    """
    lock_project(project.pk)
    require(actor, ADMINISTER, project)
    membership = project.memberships.select_related("user").filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    before = membership.role
    if before == role:
        return
    if is_last_admin(membership):
        raise LastAdmin(
            _("%(person)s is the only admin. Make somebody else an admin first.")
            % {"person": membership.user}
        )
    membership.role = role
    membership.save(update_fields=["role"])
    raise_epoch_of_people([membership.user_id])
    lost = [each for each in Role if not has_role_for(role, permission_to_invite(each))]
    end_links_of(project, membership.user, *lost)
    log.record(
        "project.change_role",
        actor=actor,
        project=project,
        target=membership.user,
        before=before,
        after=role.value,
    )
