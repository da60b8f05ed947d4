"""Whether those who answer for a project, or for the site, must prove more than a password."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from curation.errors import NotAllowed
from curation.projects.models import User

COUNTS_AS_ONE = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes alone are a way back in, not a second factor."""


class SecondFactorNeeded(NotAllowed):
    """The site asks a second factor of admins and staff, and this person has none yet."""

    code = "second_factor_needed"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Admins and staff of this site sign in with a second factor. Set yours up first: "
                "an authenticator app on your phone will do."
            )
        )


def require_second_factor(user: User) -> None:
    """Let an admin or a member of staff pass, if the site asks for no more or they have it.

    Raises SecondFactorNeeded.
    """
    if settings.SECOND_FACTOR_FOR_ADMINS and not is_mfa_enabled(user, COUNTS_AS_ONE):
        raise SecondFactorNeeded
