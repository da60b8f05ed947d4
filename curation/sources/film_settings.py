"""Which frames of a film become pictures, as a person says it."""

from __future__ import annotations

from dataclasses import dataclass

EVERY, MIN_FACE = 40, 256
LEAST_EVERY, MOST_EVERY = 1, 1000
LEAST_MIN_FACE, MOST_MIN_FACE = 32, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSettings:
    """Of every so many frames the sharpest is kept, if it shows a face that is large enough."""

    every: int = EVERY
    min_face: int = MIN_FACE
    """Pixels of the longer side of the face."""
    subject_only: bool = False
    """Whether frames are passed over on which nobody looks like the subject's portraits."""


DEFAULT = FilmSettings()


def time_code(milliseconds: int, separator: str = ":") -> str:
    """Such as 00:12:34.560."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}{separator}{minutes:02d}{separator}{seconds:02d}.{rest:03d}"
