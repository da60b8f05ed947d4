"""What can be said of a picture, and which reasons go with it, whoever says it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.manual.reasons import Reason, join_reasons


class Verdict(models.TextChoices):
    KEEP = "keep", _("keep")
    REJECT = "reject", _("reject")
    UNSURE = "unsure", _("unsure")


REASONS_EXACTLY_WHEN_REJECTING = (Q(verdict=Verdict.REJECT) & ~Q(reason_codes="")) | (
    Q(verdict__in=[Verdict.KEEP, Verdict.UNSURE]) & Q(reason_codes="")
)
"""The condition on a row in which somebody says something of a picture."""
SURE_VERDICTS = [(verdict.value, verdict.label) for verdict in (Verdict.KEEP, Verdict.REJECT)]
"""What can be said where nobody may be unsure."""
SURE_AND_REASONS_EXACTLY_WHEN_REJECTING = Q(verdict=Verdict.KEEP, reason_codes="") | (
    Q(verdict=Verdict.REJECT) & ~Q(reason_codes="")
)
"""The same on a row that holds one of these."""


class ReasonRequired(InvalidInput):
    """A rejection names at least one of the manual's reasons."""

    code = "reason_required"


def checked_reasons(verdict: Verdict, reasons: Sequence[Reason]) -> str:
    """The reasons as they are stored. Raises ReasonRequired or InvalidInput."""
    if verdict is Verdict.REJECT and not reasons:
        raise ReasonRequired(_("A rejection needs at least one reason."))
    if verdict is not Verdict.REJECT and reasons:
        raise InvalidInput(_("Only a rejection has reasons."), verdict=verdict.value)
    return join_reasons(list(reasons))
