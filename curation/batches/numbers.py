"""Which pictures somebody means who writes “1-200, 250”. Pure."""

from __future__ import annotations

import re

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput

MOST_PARTS = 200
_PART = re.compile(r"(\d{1,9})(?:\s*[-–—~～]\s*(\d{1,9}))?")


def numbers_meant(text: str, *, last: int) -> list[tuple[int, int]]:
    """Spans of numbers, from the first to the last of each, in order.

    `last` is the highest number that there is. Raises InvalidInput, which names the cure.
    """
    parts = [part.strip() for part in re.split(r"[,，、;；\n]", text) if part.strip()]
    if not parts:
        raise InvalidInput(_("Write numbers and spans of numbers, such as 1-200, 250."))
    if len(parts) > MOST_PARTS:
        raise InvalidInput(
            _("At most %(most)d numbers and spans at once: cut in several steps.")
            % {"most": MOST_PARTS}
        )
    return sorted(_span(part, last) for part in parts)


def _span(part: str, last: int) -> tuple[int, int]:
    found = _PART.fullmatch(part)
    if found is None:
        raise InvalidInput(
            _("“%(part)s” is no number: write numbers and spans, such as 1-200, 250.")
            % {"part": part[:40]}
        )
    first, end = int(found[1]), int(found[2] or found[1])
    if first > end:
        raise InvalidInput(
            _("“%(part)s” runs backwards: write %(end)d-%(first)d.")
            % {"part": part, "first": first, "end": end}
        )
    if not 1 <= first <= end <= last:
        raise InvalidInput(
            _("“%(part)s” goes beyond the pictures: their numbers run from 1 to %(last)d.")
            % {"part": part, "last": last}
        )
    return first, end


def within(spans: list[tuple[int, int]]) -> Q:
    """The condition on an image that its number lies in one of the spans."""
    is_meant = Q()
    for first, end in spans:
        is_meant |= Q(number__gte=first, number__lte=end)
    return is_meant
