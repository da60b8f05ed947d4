"""Use case: the holder of an invitation link joins the project."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.projects import log
from curation.projects.invitations import AlreadyMember, InvitationOver, open_invitations
from curation.projects.lock import lock_project
from curation.projects.models import Invitation, Membership, User


@transaction.atomic
def accept_invitation(*, invitation: Invitation, actor: User) -> Membership:
    """Make `actor` a member with the invitation's role. Each link works for one person.

    Raises InvitationOver when it holds no more, AlreadyMember when they are in already.
    """
    lock_project(invitation.project_id)
    # Read again behind the lock: of two people who follow the same link, one was first.
    current = open_invitations().select_related("project").filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationOver
    if Membership.objects.filter(project=current.project, user=actor).exists():
        raise AlreadyMember(
            _("You are already a member of %(project)s. The invitation is still unused.")
            % {"project": current.project.name}
        )
    membership = Membership.objects.create(project=current.project, user=actor, role=current.role)
    current.accepted_by, current.accepted_at = actor, timezone.now()
    current.save(update_fields=["accepted_by", "accepted_at"])
    log.record(
        "project.join",
        actor=actor,
        project=current.project,
        target=membership,
        invitation=current.pk,
    )
    return membership
