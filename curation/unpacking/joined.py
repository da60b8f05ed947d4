"""The parts of a split file, read as the one file they are."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO


def open_joined(parts: Sequence[Path]) -> BinaryIO:
    """All parts behind each other; one part is simply that file. Raises OSError."""
    if len(parts) == 1:
        return parts[0].open("rb")
    return io.BufferedReader(_Joined(parts))


def starts_of(parts: Sequence[Path]) -> list[int]:
    """Where each part begins in the whole. Raises OSError."""
    starts = [0]
    for part in parts[:-1]:
        starts.append(starts[-1] + part.stat().st_size)
    return starts


class _Joined(io.RawIOBase):
    """Holds one part open at a time."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._parts = parts
        self._starts = starts_of(parts)
        self._length = self._starts[-1] + parts[-1].stat().st_size
        self._at = 0
        self._open: tuple[int, BinaryIO] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("a place before the first part")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io hands over
        while self._at < self._length:
            number = max(n for n, start in enumerate(self._starts) if start <= self._at)
            part = self._part(number)
            part.seek(self._at - self._starts[number])
            data = part.read(len(buffer))
            if not data:
                break
            buffer[: len(data)] = data
            self._at += len(data)
            return len(data)
        return 0

    def _part(self, number: int) -> BinaryIO:
        if self._open is None or self._open[0] != number:
            self._close_part()
            self._open = (number, self._parts[number].open("rb"))
        return self._open[1]

    def _close_part(self) -> None:
        if self._open:
            self._open[1].close()
            self._open = None

    def close(self) -> None:
        self._close_part()
        super().close()
