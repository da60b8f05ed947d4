"""Nobody signs up without an invitation, and signing up accepts it."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest

from curation.projects.accept_invitation import accept_invitation
from curation.projects.invitations import InvitationOver, open_invitations
from curation.projects.models import Invitation, User

INVITATION_SESSION_KEY = "invitation"
"""Holds the id of the invitation whose link was followed, not its token."""


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Opens the sign-up form only to those who followed an invitation link that still holds."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return followed_invitation(request) is not None

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002, allauth calls it so
    ) -> User:
        """Make the account and the membership together: one link never makes two accounts.

        Raises InvitationOver when somebody else used the link while the form was filled in.
        """
        invitation = followed_invitation(request)
        if invitation is None:
            raise InvitationOver
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit)
            accept_invitation(invitation=invitation, actor=saved)
        request.session.pop(INVITATION_SESSION_KEY, None)
        return saved


def followed_invitation(request: HttpRequest) -> Invitation | None:
    """The invitation whose link was followed in this browser, if it still holds."""
    followed = request.session.get(INVITATION_SESSION_KEY)
    if followed is None:
        return None
    return open_invitations().select_related("project").filter(pk=followed).first()
