"""What holds of the reasons of a verdict, whoever gives it: a volunteer or an organiser."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.manual.reasons import Reason, join_reasons
from curation.votes.errors import ReasonRequired
from curation.votes.models import Verdict


def checked_reasons(verdict: Verdict, reasons: Sequence[Reason]) -> str:
    """The reasons as they are stored. Raises ReasonRequired or InvalidInput."""
    if verdict is Verdict.REJECT and not reasons:
        raise ReasonRequired(_("A rejection needs at least one reason."))
    if verdict is not Verdict.REJECT and reasons:
        raise InvalidInput(_("Only a rejection has reasons."), verdict=verdict.value)
    return join_reasons(list(reasons))
