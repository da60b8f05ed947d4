"""What the manual calls a reason, on pages that say why a picture was rejected."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from curation.manual.reasons import Reason

register = template.Library()


@register.filter
def titled(reason: Reason, titles: Mapping[Reason, str]) -> str:
    """Its title, among those that `reason_titles` of the manual read once for the page."""
    return titles[reason]
