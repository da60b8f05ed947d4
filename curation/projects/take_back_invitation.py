"""Use case: an admin makes an invitation link worthless before anybody used it."""

from __future__ import annotations

from django.db import transaction

from curation.projects import log
from curation.projects.access import require
from curation.projects.invitations import InvitationOver
from curation.projects.lock import lock_project
from curation.projects.models import Invitation, Project, User
from curation.projects.permissions import ADMINISTER


@transaction.atomic
def take_back_invitation(*, project: Project, invitation_id: int, actor: User) -> None:
    """Remove an unused invitation. The log keeps that it was there.

    Raises NotAllowed, InvitationOver when somebody was quicker to accept it.
    """
    lock_project(project.pk)
    require(actor, ADMINISTER, project)
    removed, _tables = Invitation.objects.filter(
        pk=invitation_id, project=project, accepted_at=None
    ).delete()
    if not removed:
        raise InvitationOver
    log.record(
        "project.take_back_invitation",
        actor=actor,
        project=project,
        target=f"invitation {invitation_id}",
    )
