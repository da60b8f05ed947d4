"""What this stage says no to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from curation.errors import Conflict, NotFound


class ResetLinkOver(NotFound):
    """The link was used, replaced, has expired, or never was one. All look the same."""

    code = "reset_link_over"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This link is no longer valid: it works once, for 24 hours, and a newer one "
                "replaces it. Ask the person who sent it for another one."
            )
        )


class IsDeactivated(Conflict):
    """The account is deactivated, so a new password would let nobody in."""

    code = "is_deactivated"
