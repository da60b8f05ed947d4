"""Reads a run's loss curve, in one pass and constant memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from training.engine.run.events import LOSS_MARK

_BLOCK = 1 << 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """The mean losses of the two sides around a step."""

    step: int
    a: float
    b: float


def read_losses(path: Path, *, at_most: int, after: int = 0) -> list[Loss]:
    """The losses in an events file of steps later than `after`, thinned to `at_most` points.

    After a kill or a rollback some steps are reported twice; the later report counts.
    When `after` is close to the end, only the end of the file is read.
    """
    curve = _Curve(at_most)
    try:
        with path.open("rb") as file:
            _skip_to(file, after)
            for loss in filter(None, map(_loss_in, file)):
                curve.add(loss, after)
    except FileNotFoundError:
        return []
    return [stretch.mean() for stretch in curve.stretches]


@dataclass(slots=True)
class _Stretch:
    """Consecutive losses as one point of the curve."""

    place: int
    first: int
    last: int
    count: int
    sum_a: float
    sum_b: float

    def take_in(self, later: _Stretch) -> None:
        self.last = later.last
        self.count += later.count
        self.sum_a += later.sum_a
        self.sum_b += later.sum_b

    def mean(self) -> Loss:
        return Loss(step=self.last, a=self.sum_a / self.count, b=self.sum_b / self.count)


class _Curve:
    """`at_most` stretches of equal length in steps; the length doubles when they are full."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._length = 1
        self.stretches: list[_Stretch] = []

    def add(self, loss: Loss, after: int) -> None:
        # A stretch that began before the repeated step keeps its mean.
        while self.stretches and self.stretches[-1].first >= loss.step:
            self.stretches.pop()
        if loss.step <= after:
            return
        self._append(_Stretch(loss.step // self._length, loss.step, loss.step, 1, loss.a, loss.b))
        while len(self.stretches) > self._at_most:
            self._length *= 2
            single, self.stretches = self.stretches, []
            for stretch in single:
                stretch.place //= 2
                self._append(stretch)

    def _append(self, stretch: _Stretch) -> None:
        if self.stretches and self.stretches[-1].place == stretch.place:
            self.stretches[-1].take_in(stretch)
        else:
            self.stretches.append(stretch)


def _loss_in(line: bytes) -> Loss | None:
    """The loss that a line reports; None for another event, a broken or an unfinished line."""
    if LOSS_MARK not in line or not line.endswith(b"\n"):
        return None
    try:
        loss = json.loads(line)
        return Loss(step=loss["step"], a=loss["a"], b=loss["b"])
    except (ValueError, KeyError, TypeError):
        return None


def _skip_to(file: BinaryIO, after: int) -> None:
    """Seek back from the end, block by block, to before the first step after `after`."""
    start = file.seek(0, 2) if after else 0
    while start > 0:
        start = max(start - _BLOCK, 0)
        file.seek(start)
        first = next(_losses_in_block(file), None)
        if first is not None and first.step <= after:
            break
    file.seek(start)


def _losses_in_block(file: BinaryIO) -> Iterator[Loss]:
    # The first line may be incomplete.
    return filter(None, map(_loss_in, file.read(_BLOCK).splitlines(keepends=True)))
