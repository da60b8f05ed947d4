"""Dates and times, written the same way on every page, in both languages."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date

register = template.Library()

_DAY = {"zh": "Y 年 n 月 j 日", "en": "j M Y"}
_MOMENT = {"zh": "Y 年 n 月 j 日 H:i", "en": "j M Y, H:i"}


@register.filter(expects_localtime=False)
def moment(value: dt.datetime) -> str:
    """A day with its time, in the reader's time zone; where that is not known, marked as UTC."""
    written = format_date(timezone.localtime(value), _in_language(_MOMENT))
    return f"{written} UTC" if timezone.get_current_timezone_name() == "UTC" else written


@register.filter(expects_localtime=False)
def day(value: dt.date) -> str:
    """A day; of a moment, the day that it was where the reader is."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return format_date(value, _in_language(_DAY))


def _in_language(formats: dict[str, str]) -> str:
    language = translation.get_language() or "en"
    return formats["zh" if language.startswith("zh") else "en"]
