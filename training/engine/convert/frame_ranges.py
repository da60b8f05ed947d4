"""Ranges of video frames: `10-50,100-`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

RANGE = re.compile(r"\s*(\d+)\s*(?:(-)\s*(\d*)\s*)?")


@dataclass(frozen=True, slots=True)
class FrameRanges:
    """Ranges of frame numbers, which count from 1; both ends belong to a range."""

    ranges: tuple[tuple[int, int | None], ...]
    """None is the video's end; no range at all means every frame."""

    @classmethod
    def read(cls, text: str) -> Self:
        """The ranges in `text`; blank is every frame. Raises ValueError for anything else."""
        if not text.strip():
            return cls(())
        ranges: list[tuple[int, int | None]] = []
        for part in text.split(","):
            matched = RANGE.fullmatch(part)
            if not matched:
                raise ValueError(f"{part!r} is not a range of frames")
            first = int(matched[1])
            last = int(matched[3]) if matched[3] else (None if matched[2] else first)
            if first < 1 or (last is not None and last < first):
                raise ValueError(f"{part!r} is not a range of frames")
            ranges.append((first, last))
        return cls(tuple(ranges))

    def begin_after(self, number: int) -> bool:
        """Whether every range begins only after that frame."""
        return bool(self.ranges) and all(first > number for first, _ in self.ranges)

    def __contains__(self, number: object) -> bool:
        if not self.ranges:
            return True
        return isinstance(number, int) and any(
            first <= number and (last is None or number <= last) for first, last in self.ranges
        )
