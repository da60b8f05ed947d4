"""Invitation links: how a token is made, kept as a digest only, and found again."""

from __future__ import annotations

import hashlib
import secrets

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import NotFound, Refused
from curation.projects.models import Invitation, InvitationUse, Project, Role, User
from curation.projects.permissions import ADMINISTER, ORGANISE

DEFAULT_DAYS = 14
LONGEST_DAYS = 60
MOST_PLACES = 100


class InvitationOver(NotFound):
    """The link is used up, has expired, was taken back, or never was one. All look the same."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation is no longer valid: it is used up, its time is over, or it was"
                " taken back. Ask the person who sent it for a new one."
            )
        )


class AlreadyMember(Refused):
    """The person is in the project already; they take no place of the invitation."""

    code, status = "already_member", 409


def new_token() -> str:
    """A token that cannot be guessed (256 bits)."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token. A token is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def permission_to_invite(role: Role) -> str:
    """What whoever invites to a role must hold: organisers find volunteers by themselves."""
    return ORGANISE if role == Role.VOLUNTEER else ADMINISTER


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that somebody can still accept, with `num_used`: how many have."""
    uses = InvitationUse.objects.filter(invitation=OuterRef("pk")).order_by()
    counted = uses.values("invitation").annotate(num=Count("pk")).values("num")
    used = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    counted_too = Invitation.objects.annotate(num_used=used)
    return counted_too.filter(Q(num_used__lt=F("places")), expires_at__gt=timezone.now())


def find_open_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, if it still holds."""
    return (
        open_invitations()
        .select_related("project", "created_by")
        .filter(token_digest=digest_of(token))
        .first()
    )


def end_links_of(project: Project, maker: User, *roles: Role) -> None:
    """Let nobody join any more by links that somebody made, of these roles.

    Who may not invite to a role any more must not keep a link that lets people in. Who has joined
    by it stays.
    """
    made = Invitation.objects.filter(project=project, created_by=maker, role__in=roles)
    made.filter(expires_at__gt=timezone.now()).update(expires_at=timezone.now())


def used_invitation(token: str, person_id: int) -> Invitation | None:
    """The invitation behind a link by which the person has joined, whether it still holds."""
    mine = Invitation.objects.filter(uses__person=person_id)
    return mine.select_related("project").filter(token_digest=digest_of(token)).first()
