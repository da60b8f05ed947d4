"""Use case: the holder of an invitation link joins the project."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.projects import log
from curation.projects.invitations import AlreadyMember, InvitationOver, open_invitations
from curation.projects.lock import lock_project
from curation.projects.models import Invitation, InvitationUse, Membership, User


@transaction.atomic
def accept_invitation(*, invitation: Invitation, actor: User) -> Membership:
    """Make `actor` a member with the invitation's role, on one of its places.

    Raises InvitationOver when it holds no more, AlreadyMember when they are in already.
    """
    lock_project(invitation.project_id)
    # Read again behind the lock: of two people who want its last place, one was first.
    current = open_invitations().select_related("project").filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationOver
    if Membership.objects.filter(project=current.project, user=actor).exists():
        raise AlreadyMember(
            _("You are already a member of %(project)s. You have taken no place of the invitation.")
            % {"project": current.project.name}
        )
    if current.uses.filter(person=actor).exists():  # and was removed since
        raise InvitationOver
    membership = Membership.objects.create(project=current.project, user=actor, role=current.role)
    InvitationUse.objects.create(invitation=current, person=actor)
    log.record(
        "project.join",
        actor=actor,
        project=current.project,
        target=membership,
        invitation=current.pk,
    )
    return membership
