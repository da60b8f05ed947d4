"""Words for messages: counts, values and the errors of libraries."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Bilingual(NamedTuple):
    """The same words in both languages of the site."""

    en: str
    zh: str


def counted(number: int, thing: str) -> str:
    """`1 face`, `2 faces`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def reason_of(error: Exception) -> str:
    """An error's message without the error number of the system or FFmpeg."""
    return getattr(error, "strerror", None) or str(error)


def as_json(value: Any) -> str:
    """A value as JSON; as Python's repr where JSON has no form for it."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def json_or_word(text: str) -> Any:
    """A value as a person wrote it on a command line: what is no JSON is a word."""
    try:
        return json.loads(text)
    except ValueError:
        return text
