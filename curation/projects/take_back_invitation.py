"""Use case: whoever could make an invitation link makes it worthless."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.projects import log
from curation.projects.access import require
from curation.projects.invitations import InvitationOver, open_invitations, permission_to_invite
from curation.projects.lock import lock_project
from curation.projects.models import Project, Role, User
from curation.projects.permissions import ORGANISE


@transaction.atomic
def take_back_invitation(*, project: Project, invitation_id: int, actor: User) -> None:
    """End an invitation now. Those who have joined by it stay.

    Raises NotAllowed, InvitationOver when nobody can join by it any more.
    """
    lock_project(project.pk)
    require(actor, ORGANISE, project)
    invitation = open_invitations().filter(pk=invitation_id, project=project).first()
    if invitation is None:
        raise InvitationOver
    require(actor, permission_to_invite(Role(invitation.role)), project)
    invitation.expires_at = timezone.now()
    invitation.save(update_fields=["expires_at"])
    log.record(
        "project.take_back_invitation",
        actor=actor,
        project=project,
        target=f"invitation {invitation_id}",
    )
