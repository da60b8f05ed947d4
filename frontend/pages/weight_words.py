"""What weighs how much, in words and numbers that are read without knowing of log-odds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.utils.translation import gettext as _

from curation.consensus.weights import Weights
from curation.votes.aggregation.evidence import Kind
from curation.votes.aggregation.stopping import STOPPING
from curation.votes.beliefs import Record
from curation.votes.models import Vote

_LITTLE, _MUCH = 1.1, 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that was weighed."""

    what: str
    vote: Vote | None
    why: str
    weight: str
    kind: str
    """How its badge looks: for keeping, for rejecting, or neither."""


def lines_of(weights: Weights) -> list[Line]:
    """Each thing that speaks for the picture or against it."""
    lines = []
    for each in weights.speaks:
        what, why = "", ""
        if each.kind is Kind.SUBJECT:
            what = _("The subject")
            why = _("Of pictures like this, %(share)s are to be kept.") % {
                "share": percent(weights.share_kept)
            }
        elif each.kind is Kind.MACHINE:
            what = _("The machine")
            why = _(
                "What it thought of the picture before anybody voted; it counts as much as one "
                "good volunteer at most."
            )
            if weights.look_alike_near:
                why = _("It says nothing of who this is: a look-alike may be near.")
        elif each.record:
            why = record_in_words(each.record, has_fit=weights.has_fit)
        weight, kind = _weight(each.log_odds)
        lines.append(Line(what=what, vote=each.vote, why=why, weight=weight, kind=kind))
    return lines


def record_in_words(record: Record, *, has_fit: bool) -> str:
    """What is believed of somebody."""
    if not has_fit:
        return _("Believed as anybody is: no votes were compared yet.")
    return _("Keeps %(good)s of the good pictures, and lets %(bad)s of the others pass.") % {
        "good": percent(record.keeps_good),
        "bad": percent(record.passes_bad),
    }


def together(weights: Weights) -> dict[str, str]:
    """What it comes to, and what would be enough."""
    return {
        "keep": percent(_share(weights.evidence.log_odds)),
        "not_another": percent(_share(weights.evidence.log_odds_over_another)),
        "keep_from": percent(_share(STOPPING.keep_at)),
        "not_another_from": percent(_share(STOPPING.over_another_at)),
        "reject_below": percent(_share(-STOPPING.reject_at)),
    }


def percent(share: float) -> str:
    """With a digit behind the point where it matters."""
    per_cent = 100 * share
    if 1 <= per_cent <= 99:
        return f"{per_cent:.0f}%"
    return f"{min(max(per_cent, 0.1), 99.9):.1f}%"


def _weight(log_odds: float) -> tuple[str, str]:
    times = math.exp(abs(log_odds))
    if times < _LITTLE:
        return _("hardly anything"), ""
    number = f"{_MUCH:,}+" if times >= _MUCH else f"{times:.1f}" if times < 10 else f"{times:.0f}"
    if log_odds > 0:
        return _("keep ×%(times)s") % {"times": number}, "keep"
    return _("reject ×%(times)s") % {"times": number}, "reject"


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
