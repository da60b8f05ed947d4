"""Use case: an admin makes a link that lets one person join."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from curation.projects import log
from curation.projects.access import require
from curation.projects.invitations import VALID_FOR, digest_of, new_token
from curation.projects.lock import lock_project
from curation.projects.models import Invitation, Project, Role, User
from curation.projects.permissions import ADMINISTER


@transaction.atomic
def invite(*, project: Project, role: Role, actor: User) -> str:
    """Make an invitation and return its token, which nobody can read again afterwards.

    Raises NotAllowed.
    """
    lock_project(project.pk)
    require(actor, ADMINISTER, project)
    token = new_token()
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        token_digest=digest_of(token),
        created_by=actor,
        expires_at=timezone.now() + VALID_FOR,
    )
    log.record(
        "project.invite",
        actor=actor,
        project=project,
        target=f"invitation {invitation.pk}",
        role=role.value,
    )
    return token
