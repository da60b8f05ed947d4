"""Nobody signs up without an invitation."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

INVITATION_SESSION_KEY = "invitation_token"


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Opens the sign-up form only to those who followed an invitation link that still holds."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        from curation.projects.invitations import find_open_invitation  # noqa: PLC0415, apps first

        token = request.session.get(INVITATION_SESSION_KEY, "")
        return find_open_invitation(token) is not None
