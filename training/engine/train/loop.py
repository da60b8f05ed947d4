"""The training loop: it schedules checkpoints, previews and reports, and stops on request."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from training.engine.compute.memory import memory_in_use
from training.engine.errors import LossNotFinite, PermissionLost
from training.engine.run.config import RunConfig
from training.engine.run.permission import LOST
from training.engine.train.session import Session, save, save_snapshot

LoopEnding = Literal["finished", "stopped"]

EARLY_PREVIEWS = (1, 10)
EARLY_STEPS = 20
"""Each of the first steps is reported, so that a start can be watched live."""
REPORT_EVERY = 10
"""Report interval in steps after that: the mean loss, at the next reading."""
FEWEST_RATED = 20
"""Fewest steps that the average loss of a checkpoint is taken over, unless the save interval is
shorter: the loss of a few says more about their pictures than about the weights."""
SECONDS_BETWEEN_READINGS, MOST_STEPS_BETWEEN_READINGS = 0.5, 100
"""How often the losses are read on a GPU. To read a number the CPU must wait for the GPU to catch
up, so each reading costs the lead that the CPU had."""


@dataclass(frozen=True, slots=True)
class LossReading:
    """Losses and requests as read at one step, the same in every process."""

    loss_a: float
    """Mean since the last reading."""
    loss_b: float
    save: bool
    keep: bool
    """A person asked for this save. Only in the process that was asked."""
    stop: bool
    forbidden: bool
    """The permission to train is gone."""
    preview: bool
    """Only in the process that was asked."""
    learning_rate: float
    """New learning rate; 0 for no change."""
    batch_size: int
    steps_to_next: int
    """Steps until the next reading."""


def run_steps(session: Session, *, first_step: int) -> tuple[LoopEnding, int]:
    """Train from the step after `first_step` to the end, or until a stop is requested.

    Returns how it ended and the last step; either way a checkpoint is saved last.
    Raises LossNotFinite, DiskFull, or PermissionLost in every process, saving nothing.
    """
    config = session.config
    schedule, meter = Schedule(config), LossMeter(session, first_step=first_step)
    next_reading, untried, keep = first_step + 1, False, False
    for step in range(first_step + 1, config.steps + 1):
        meter.add(session.step(step))
        schedule.count(step)
        session.poll()
        # Decided by the step number alone, so that all processes agree.
        if step < next_reading and step != config.steps:
            continue
        reading = meter.read(save_is_due=schedule.save_is_due())
        next_reading = step + (1 if step < first_step + EARLY_STEPS else reading.steps_to_next)
        if reading.forbidden:
            raise PermissionLost(LOST)
        refuse_nonsense(reading, step)
        meter.report_if_due(reading, step)
        # A change is saved only after a step with it: the batch may not fit into memory.
        tried, untried = untried, apply_changes(session, reading)
        ends = reading.stop or step == config.steps
        saves = ends or ((reading.save or tried) and not untried)
        keep |= reading.keep
        if saves:
            save(session, step, average=meter.average_since_save(), keep=keep)
            schedule.saved()
            keep = False
        if schedule.snapshot_is_due():
            save_snapshot(session, step)
            schedule.snapshot_taken()
        if ends and session.saver:
            # Reported before the last preview, which may take long.
            session.saver.wait()
        show(session, step, saved=saves, asked=reading.preview or ends, schedule=schedule)
        if reading.stop:
            return "stopped", step
    return "finished", max(first_step, config.steps)


def refuse_nonsense(reading: LossReading, step: int) -> None:
    """Raise LossNotFinite, in every process and before saving, when a loss is NaN or infinite."""
    if not (math.isfinite(reading.loss_a) and math.isfinite(reading.loss_b)):
        raise LossNotFinite(
            f"The loss is not finite at step {step} (A {reading.loss_a}, B {reading.loss_b}); "
            "nothing of that was saved. Start again with a lower learning_rate, a clip_norm, or "
            "precision fp32: the run resumes from its last checkpoint, or from the beginning when "
            "it has none yet.",
            step=step,
        )


def apply_changes(session: Session, reading: LossReading) -> bool:
    """Apply changed settings, the same in every process, and report them.

    Returns whether anything changed.
    """
    batch_size, size, report = reading.batch_size, session.context.size, session.reporter.report
    if batch_size % size:
        report("refused", reason=f"batch_size {batch_size} is not divisible by {size} processes.")
        batch_size = 0
    changed: dict[str, Any] = {}
    if reading.learning_rate:
        changed["learning_rate"] = reading.learning_rate
    if batch_size:
        changed["batch_size"] = batch_size
    if changed:
        session.change(changed)
        report("changed", **changed)
    return bool(changed)


def show(session: Session, step: int, *, saved: bool, asked: bool, schedule: Schedule) -> None:
    """Draw a preview when it is due or requested, a timelapse frame after a save."""
    if session.preview and (asked or schedule.preview_is_due(step)):
        session.preview.draw(session.model, step)
        schedule.previewed()
    if session.timelapse and saved:
        session.timelapse.draw(session.model, step)


class LossMeter:
    """Accumulates losses on the device and reads them at intervals."""

    def __init__(self, session: Session, *, first_step: int) -> None:
        self._session = session
        self._first_step = first_step
        self._sum = torch.zeros(2, device=session.context.device)
        self._count = 0
        self._seen: list[tuple[float, float, int]] = []
        self._sum_since_save, self._steps_since_save = 0.0, 0
        self._has_rated = first_step > 0
        self._since = self._read_at = time.monotonic()

    def add(self, losses: Tensor) -> None:
        self._sum += losses
        self._count += 1

    def read(self, *, save_is_due: bool) -> LossReading:
        """Mean losses since the last reading and all processes' requests, in one exchange."""
        context, pending = self._session.context, self._session.requests.poll()
        for reason in pending.refused:
            self._session.reporter.report("refused", reason=reason)
        # Commands reach one process, signals all; the main one keeps the save interval.
        save = pending.save or (save_is_due and context.is_main)
        asked = [float(save), float(pending.stop), pending.learning_rate or 0.0]
        asked += [float(pending.batch_size or 0), float(self._steps_to_next())]
        asked += [float(pending.forbidden)]
        mine = torch.tensor(asked, dtype=torch.float64)
        losses = self._sum.double() / (self._count * context.size)
        shared = context.all_reduce(torch.cat([losses, context.to_device(mine)])).tolist()
        loss_a, loss_b, num_save, num_stop, learning_rate, batch_size, steps_to_next, no = shared
        self._seen.append((loss_a, loss_b, self._count))
        self._sum_since_save += (loss_a + loss_b) * self._count
        self._steps_since_save += self._count
        self._sum.zero_()
        self._count = 0
        return LossReading(
            loss_a=loss_a,
            loss_b=loss_b,
            save=num_save > 0,
            keep=pending.save,
            stop=num_stop > 0,
            forbidden=no > 0,
            preview=pending.preview,
            learning_rate=learning_rate,
            batch_size=int(batch_size),
            steps_to_next=int(steps_to_next),
        )

    def _steps_to_next(self) -> int:
        """Steps that the main process will run ahead; 0 in the others."""
        now, count = time.monotonic(), self._count
        seconds, self._read_at = now - self._read_at, now
        if not self._session.context.is_main:
            return 0
        if self._session.context.device.type != "cuda":
            return 1
        return min(
            MOST_STEPS_BETWEEN_READINGS, max(1, int(SECONDS_BETWEEN_READINGS * count / seconds))
        )

    def average_since_save(self) -> float | None:
        """Mean of loss A plus loss B since the last call; then reset.

        None, without a reset, after too few steps for a fair comparison.
        """
        enough = min(FEWEST_RATED, self._session.config.save_every)
        if self._has_rated and self._steps_since_save < enough:
            return None
        self._has_rated = True
        average = self._sum_since_save / self._steps_since_save
        self._sum_since_save, self._steps_since_save = 0.0, 0
        return average

    def report_if_due(self, reading: LossReading, step: int) -> None:
        """Report the mean since the last report: at first every step, later every tenth."""
        early = step - self._first_step <= EARLY_STEPS
        last = reading.stop or step == self._session.config.steps
        steps = sum(count for *_, count in self._seen)
        if not (early or last or steps >= REPORT_EVERY):
            return
        seconds = max(time.monotonic() - self._since, 1e-6)
        faces = 2 * self._session.loader.batch_size * steps
        self._session.reporter.report(
            "loss",
            step=step,
            a=sum(loss_a * count for loss_a, _, count in self._seen) / steps,
            b=sum(loss_b * count for _, loss_b, count in self._seen) / steps,
            average=self._sum_since_save / self._steps_since_save,
            examples_per_second=round(faces / seconds, 2),
            learning_rate=self._session.optimizer.param_groups[0]["lr"],
            memory=memory_in_use(self._session.context.device),
        )
        self._seen.clear()
        self._since = time.monotonic()


class Schedule:
    """Save and preview intervals, in steps and in seconds."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._saved_at = self._previewed_at = time.monotonic()
        self._save_passed = self._snapshot_passed = self._preview_passed = False

    def count(self, step: int) -> None:
        """Note what becomes due at a step; it may be done some steps later."""
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
