"""Invitation links: how a token is made, kept as a digest only, and found again."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import NotFound, Refused
from curation.projects.models import Invitation

VALID_FOR = timedelta(days=14)


class InvitationOver(NotFound):
    """The link was used, has expired, was taken back, or never was one. All look the same."""

    code = "invitation_over"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This invitation is no longer valid: it was used, taken back, or is more than two"
                " weeks old. Ask the person who sent it for a new one."
            )
        )


class AlreadyMember(Refused):
    """The person is in the project already; the invitation stays unused."""

    code, status = "already_member", 409


def new_token() -> str:
    """A token that cannot be guessed (256 bits)."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token. A token is random, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that somebody can still accept."""
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=timezone.now())


def find_open_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, if it still holds."""
    return (
        open_invitations()
        .select_related("project", "created_by")
        .filter(token_digest=digest_of(token))
        .first()
    )
