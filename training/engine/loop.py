"""The loop over the steps: it schedules saving, previews and reports, and stops when asked."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal

from training.engine.commands import Wishes
from training.engine.config import RunConfig
from training.engine.memory import memory_in_use
from training.engine.session import Session, save, save_snapshot
from training.engine.step import StepResult, train_step

Ending = Literal["finished", "stopped"]

EARLY_PREVIEWS = (1, 10)
EARLY_STEPS = 20
"""So many first steps are each reported, so that whoever has just started sees it live."""
REPORT_EVERY = 10


def run_steps(session: Session, *, first_step: int) -> tuple[Ending, int]:
    """Train from the step after `first_step` to the end, or until asked to stop.

    Gives how it ended and the last step. Either way the last thing done is a checkpoint.
    Raises LossNotFinite or DiskFull.
    """
    config = session.config
    clock, tally = Clock(config), Tally(config, first_step=first_step)
    for step in range(first_step + 1, config.steps + 1):
        wishes = session.requests.poll()
        obey(session, wishes)
        due = replace(wishes, save=wishes.save or clock.save_is_due(step))
        result = train_step(
            session.wrapped,
            session.optimizer,
            session.pairs.next(),
            world=session.world,
            outside_weight=config.outside_weight,
            wishes=due if session.world.is_main else Wishes(stop=wishes.stop),
        )
        tally.add(result)
        tally.report_if_due(session, step)
        session.poll()
        ends = result.stop or step == config.steps
        if result.save or ends:
            save(session, step, average=tally.average_since_save())
            clock.saved()
        if config.snapshot_every and step % config.snapshot_every == 0:
            save_snapshot(session, step)
        if ends and session.saver:
            # Told before the last preview, which may take long to draw.
            session.saver.wait()
        if session.preview and (wishes.preview or ends or clock.preview_is_due(step)):
            session.preview.draw(session.model, step)
            clock.previewed()
        if result.stop:
            return "stopped", step
    return "finished", max(first_step, config.steps)


def obey(session: Session, wishes: Wishes) -> None:
    """Change what a command changes, and tell so; what cannot be done is told as well."""
    refused, tell = list(wishes.refused), session.reporter.report
    if wishes.learning_rate is not None and session.world.size > 1:
        refused.append("learning_rate cannot be changed while several processes train.")
    elif wishes.learning_rate is not None:
        for group in session.optimizer.param_groups:
            group["lr"] = wishes.learning_rate
        tell("changed", learning_rate=wishes.learning_rate)
    if wishes.batch_size is not None:
        refused.append("batch_size cannot be changed while the run goes on; stop it first.")
    for reason in refused:
        tell("refused", reason=reason)


class Tally:
    """Adds up losses and time between two reports."""

    def __init__(self, config: RunConfig, *, first_step: int) -> None:
        self._first_step = first_step
        self._faces_per_step = 2 * config.batch_size
        self._last_step = config.steps
        self._sum_since_save, self._steps_since_save = 0.0, 0
        self._start_over()

    def add(self, result: StepResult) -> None:
        self._results.append(result)
        self._sum_since_save += result.loss_a + result.loss_b
        self._steps_since_save += 1

    def average_since_save(self) -> float:
        """Mean of loss A plus loss B since this was asked last; they are then forgotten."""
        average = self._sum_since_save / self._steps_since_save
        self._sum_since_save, self._steps_since_save = 0.0, 0
        return average

    def report_if_due(self, session: Session, step: int) -> None:
        """Report the mean since the last report: at first each step, later every tenth."""
        early = step - self._first_step <= EARLY_STEPS
        if not (early or step % REPORT_EVERY == 0 or step == self._last_step):
            return
        count = len(self._results)
        seconds = max(time.monotonic() - self._since, 1e-6)
        session.reporter.report(
            "loss",
            step=step,
            a=sum(result.loss_a for result in self._results) / count,
            b=sum(result.loss_b for result in self._results) / count,
            average=self._sum_since_save / self._steps_since_save,
            examples_per_second=round(count * self._faces_per_step / seconds, 2),
            learning_rate=session.optimizer.param_groups[0]["lr"],
            memory=memory_in_use(session.world.device),
        )
        self._start_over()

    def _start_over(self) -> None:
        self._results: list[StepResult] = []
        self._since = time.monotonic()


class Clock:
    """Knows when saving and previewing are due, by steps and by time."""

    def __init__(self, config: RunConfig) -> None:
        self._config = config
        self._saved_at = self._previewed_at = time.monotonic()

    def save_is_due(self, step: int) -> bool:
        waited = time.monotonic() - self._saved_at
        return step % self._config.save_every == 0 and waited >= self._config.save_seconds

    def preview_is_due(self, step: int) -> bool:
        if step in EARLY_PREVIEWS:
            return True
        waited = time.monotonic() - self._previewed_at
        return step % self._config.preview_every == 0 and waited >= self._config.preview_seconds

    def saved(self) -> None:
        self._saved_at = time.monotonic()

    def previewed(self) -> None:
        self._previewed_at = time.monotonic()
