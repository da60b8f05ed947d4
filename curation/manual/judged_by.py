"""By which version of a manual somebody judged a picture. Pure."""

from __future__ import annotations

from curation.manual.models import FIRST_NUMBER


def judged_by(current: int, shown: int | None) -> int:
    """The version that a vote was given by. A desk that stayed open shows one of before."""
    return current if shown is None else max(FIRST_NUMBER, min(shown, current))
