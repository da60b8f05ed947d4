"""Whole numbers as people, browsers and other programs write them into addresses and forms."""

from __future__ import annotations

MOST_DIGITS = 18
"""Every database can compare a column of whole numbers with one of so many digits."""
LARGEST_NUMBER = 2**31 - 1
"""No image can have a higher number: what PostgreSQL keeps in its column."""


def number_in(text: str) -> int | None:
    """The number that a text of digits from 0 to 9 says; None for every other text."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
