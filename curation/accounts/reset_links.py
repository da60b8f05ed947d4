"""Links that set a password anew: how they are made, kept as a digest only, and found again."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from curation.accounts.access import may_look_after
from curation.accounts.errors import ResetLinkOver
from curation.accounts.models import ResetLink
from curation.projects.invitations import digest_of

VALID_FOR = timedelta(hours=24)


def find_reset_link(token: str) -> ResetLink:
    """The link with that token, if it still holds and its maker may still make it.

    Between making and using it the person may have become an admin elsewhere, or its maker may
    be none any more. Raises ResetLinkOver.
    """
    link = (
        ResetLink.objects.select_related("person", "created_by")
        .filter(token_digest=digest_of(token), expires_at__gt=timezone.now())
        .first()
    )
    if link is None or not link.person.is_active:
        raise ResetLinkOver
    if not may_look_after(link.created_by, link.person):
        raise ResetLinkOver
    return link
