"""The loop over the steps: it schedules saving, previews and reports, and stops when asked."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from training.engine.commands import Wishes
from training.engine.config import RunConfig
from training.engine.errors import LossNotFinite
from training.engine.session import Session, save, save_snapshot

Ending = Literal["finished", "stopped"]

EARLY_PREVIEWS = (1, 10)
EARLY_STEPS = 20
"""So many first steps are each reported, so that whoever has just started sees it live."""
REPORT_EVERY = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen when the losses are looked at, the same in every process."""

    loss_a: float
    """Mean since the look before."""
    loss_b: float
    save: bool
    stop: bool


def run_steps(session: Session, *, first_step: int) -> tuple[Ending, int]:
    """Train from the step after `first_step` to the end, or until asked to stop.

    Gives how it ended and the last step. Either way the last thing done is a checkpoint.
    Raises LossNotFinite or DiskFull.
    """
    config = session.config
    clock, tally = Clock(config), Tally(session, first_step=first_step)
    for step in range(first_step + 1, config.steps + 1):
        tally.add(session.step(step))
        clock.count(step)
        if not look_is_due(session, step, first_step=first_step):
            continue
        wishes = session.requests.poll()
        wishes.save = wishes.save or clock.save_is_due()
        look = tally.look(wishes)
        refuse_nonsense(look, step)
        tally.report_if_due(look, step)
        ends = look.stop or step == config.steps
        if look.save or ends:
            save(session, step)
            clock.saved()
        if session.preview and (wishes.preview or ends or clock.preview_is_due(step)):
            file = session.preview.write(session.model, step)
            session.reporter.report("preview", step=step, file=file)
            clock.previewed()
        if clock.snapshot_is_due():
            save_snapshot(session, step)
            clock.snapshot_taken()
        if look.stop:
            return "stopped", step
    return "finished", max(first_step, config.steps)


def look_is_due(session: Session, step: int, *, first_step: int) -> bool:
    """Whether to wait for the losses of this step; by its number alone, so all processes agree."""
    early = step - first_step <= EARLY_STEPS
    return early or step % session.world.steps_between_looks == 0 or step == session.config.steps


def refuse_nonsense(look: Look, step: int) -> None:
    """Raise LossNotFinite, in every process and before anything is saved, when a loss is none."""
    if not (math.isfinite(look.loss_a) and math.isfinite(look.loss_b)):
        raise LossNotFinite(
            f"At step {step} the loss is no longer a finite number (A {look.loss_a}, B "
            f"{look.loss_b}); nothing was saved since, and the last checkpoint is good. Go on "
            "from it with a smaller learning_rate, a clip_norm, or precision fp32.",
            step=step,
        )


class Tally:
    """Adds up losses on the device, and looks at them now and then."""

    def __init__(self, session: Session, *, first_step: int) -> None:
        self._session = session
        self._first_step = first_step
        self._sum = torch.zeros(2, device=session.world.device)
        self._count = 0
        self._seen: list[tuple[float, float, int]] = []
        self._since = time.monotonic()

    def add(self, losses: Tensor) -> None:
        self._sum += losses
        self._count += 1

    def look(self, wishes: Wishes) -> Look:
        """Mean losses since the look before and joint wishes of all processes, in one exchange."""
        world = self._session.world
        asked = torch.tensor([float(wishes.save), float(wishes.stop)])
        shared = torch.cat([self._sum / (self._count * world.size), world.send(asked)])
        loss_a, loss_b, save, stop = world.sum(shared).tolist()
        self._seen.append((loss_a, loss_b, self._count))
        self._sum.zero_()
        self._count = 0
        return Look(loss_a=loss_a, loss_b=loss_b, save=save > 0, stop=stop > 0)

    def report_if_due(self, look: Look, step: int) -> None:
        """Report the mean since the last report: at first each step, later every tenth."""
        early = step - self._first_step <= EARLY_STEPS
        last = look.stop or step == self._session.config.steps
        if not (early or last or step % REPORT_EVERY == 0):
            return
        steps = sum(count for *_, count in self._seen)
        seconds = max(time.monotonic() - self._since, 1e-6)
        faces = 2 * self._session.pairs.batch_size * steps
        self._session.reporter.report(
            "loss",
            step=step,
            a=sum(loss_a * count for loss_a, _, count in self._seen) / steps,
            b=sum(loss_b * count for _, loss_b, count in self._seen) / steps,
            examples_per_second=round(faces / seconds, 2),
        )
        self._seen.clear()
        self._since = time.monotonic()


class Clock:
    """Knows when saving and previewing are due, by steps and by time."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._saved_at = self._previewed_at = time.monotonic()
        self._save_passed = self._snapshot_passed = self._preview_passed = False

    def count(self, step: int) -> None:
        """Notice what a step makes due; it may be done some steps later."""
        every = self._config.snapshot_every
        self._save_passed |= step % self._config.save_every == 0
        self._preview_passed |= step in EARLY_PREVIEWS or step % self._config.preview_every == 0
        self._snapshot_passed |= every > 0 and step % every == 0

    def save_is_due(self) -> bool:
        waited = time.monotonic() - self._saved_at
        return self._save_passed and waited >= self._config.save_seconds

    def snapshot_is_due(self) -> bool:
        return self._snapshot_passed

    def preview_is_due(self, step: int) -> bool:
        waited = time.monotonic() - self._previewed_at
        is_time = step in EARLY_PREVIEWS or waited >= self._config.preview_seconds
        return self._preview_passed and is_time

    def saved(self) -> None:
        self._saved_at = time.monotonic()
        self._save_passed = False

    def snapshot_taken(self) -> None:
        self._snapshot_passed = False

    def previewed(self) -> None:
        self._previewed_at = time.monotonic()
        self._preview_passed = False
