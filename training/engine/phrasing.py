"""Numbers and errors of libraries, as people say them."""

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
    """What an error says, without the number that the system or FFmpeg gives it."""
    return getattr(error, "strerror", None) or str(error)


def as_json(value: Any) -> str:
    """A value as a person wrote it; what JSON cannot say, as Python does."""
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
