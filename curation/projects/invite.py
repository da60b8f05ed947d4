"""Use case: an organiser makes a link by which people join."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.invitations import (
    DEFAULT_DAYS,
    LONGEST_DAYS,
    MOST_PLACES,
    digest_of,
    new_token,
    permission_to_invite,
)
from curation.projects.lock import lock_project
from curation.projects.models import Invitation, Project, Role, User


@transaction.atomic
def invite(
    *, project: Project, role: Role, actor: User, places: int = 1, days: int = DEFAULT_DAYS
) -> str:
    """Make an invitation and return its token, which nobody can read again afterwards.

    `places` people can join by it, within `days` days. Organisers invite volunteers, admins
    everybody. Raises NotAllowed, InvalidInput.
    """
    lock_project(project.pk)
    require(actor, permission_to_invite(role), project)
    if not 1 <= places <= MOST_PLACES:
        raise InvalidInput(
            _("A link invites between 1 and %(most)d people.") % {"most": MOST_PLACES},
            places=places,
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(
            _("A link holds for between 1 and %(most)d days.") % {"most": LONGEST_DAYS}, days=days
        )
    token = new_token()
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        token_digest=digest_of(token),
        places=places,
        created_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    log.record(
        "project.invite",
        actor=actor,
        project=project,
        target=f"invitation {invitation.pk}",
        role=role.value,
        places=places,
        until=invitation.expires_at.isoformat(),
    )
    return token
