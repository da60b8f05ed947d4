"""The supervisor: keeps background jobs and trainings going, whatever was killed meanwhile.

It keeps nothing that matters in memory: every second it looks at the rows and the processes as
they are, so it may be killed at any line and another takes over.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from django.db.models import Q

from curation.jobs import UNHELD, LeaseLost, new_holder
from curation.subjects.models import Act
from training.engine.run import commands, permission
from training.launchers.protocol import Launcher
from training.runs.gate import both_covered
from training.runs.models import Cause, Place, PlaceKind, Run, RunState
from training.runs.places import forsaken, this_machine
from training.runs.run_folder import folder_of
from training.runs.selectors import runs_to_look_after
from training.supervisor.carry_out import carry_out, look_at
from training.supervisor.next_action import Action, NextStep, next_action
from training.supervisor.slots import is_slot_free, send_heartbeat

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_HEARTBEATS = 5.0
"""How often a supervisor says that it is there; not each second, as SQLite has one writer."""

SAVE_PATIENCE, END_PATIENCE = 18.0, 4.0
"""Seconds that trainers get to save when the supervisor is shut down: first they are asked, then
signalled, then killed."""


class Interrupted(Exception):
    """In the middle of something long, the supervisor was asked to end."""


class Supervisor:
    """Looks after the runs of one place, beside other supervisors of the same or another."""

    def __init__(
        self,
        launcher: Launcher,
        *,
        chores: Sequence[Callable[[], object]] = (),
        kind: PlaceKind = PlaceKind.LOCAL,
        place: str = "",
    ) -> None:
        """`place` is where `launcher` starts trainers: by default this machine.

        `chores` are what other stages want done every second besides the runs.
        """
        self._launcher = launcher
        self._chores = chores
        self._kind = kind
        self._place_name = place or this_machine()
        self._place: Place | None = None
        self._said_at = 0.0
        self.name = new_holder()
        self.ending = threading.Event()
        """Set it, from a signal handler for example, and the supervisor ends soon."""

    def tick(self) -> None:
        """Do once what is done every second. A run in trouble does not keep the others waiting."""
        for tend in (self.renew_permissions, *self._chores, self._tend_runs):
            try:
                tend()
            except Exception:
                # For example a database that is away for a moment: next second is another try.
                logger.exception("supervisor_tick_failed")

    def renew_permissions(self) -> None:
        """Let the trainers of this place go on whose runs are covered by consent, and no others.

        Who holds a run's lease does not matter here: a new supervisor does it from its first
        second on. Safe to call from a thread of its own, while a tick takes long.
        """
        at_work = runs_to_look_after().exclude(state=RunState.WAITING)
        for run in at_work.filter(place__kind=self._kind, place__name=self._place_name):
            change = permission.renew if both_covered(run, Act.TRAIN) else permission.withdraw
            try:
                change(folder_of(run))
            except OSError:  # of this run alone, such as a folder that is gone
                logger.exception("permission_not_changed run=%s", run.pk)

    def shut_down(self) -> None:
        """Have every trainer save and end, and leave its run waiting for the next supervisor."""
        mine = list(runs_to_look_after().filter(held_by=self.name).exclude(handle={}))
        self._end_trainers(mine)
        for run in mine:
            step = next_action(look_at(run, self._launcher))
            if step.action == Action.REQUEUE:
                step = NextStep(action=Action.REQUEUE, cause=Cause.SUPERVISOR_ENDED)
            carry_out(step, run=run, launcher=self._launcher)
        Run.objects.filter(held_by=self.name).update(**UNHELD)

    def _tend_runs(self) -> None:
        place = self._at_work()
        for run in runs_to_look_after():
            if self.ending.is_set():
                return
            try:
                self._tend(run, place)
            except (Interrupted, LeaseLost):
                continue
            except Exception:
                logger.exception("run_not_looked_after run=%s", run.pk)

    def _tend(self, run: Run, place: Place) -> None:
        """Do what is next with a run, if it is ours to look after.

        A waiting run is nobody's until a place has room for it: held by one without, it would
        wait while another stands idle. That its consent ended is for all to see and act on.
        """
        waits = run.state == RunState.WAITING
        turn = waits and is_slot_free(place)
        if (turn or not waits) and not self._claim(run, place):
            return
        try:
            seen = look_at(run, self._launcher, slot_free=turn)
            carry_out(
                next_action(seen),
                run=run,
                launcher=self._launcher,
                after_each=partial(self._still_mine, run),
            )
        finally:
            if turn:
                self._let_go(run)

    def _let_go(self, run: Run) -> None:
        """Leave a run that waits still to whoever has room for it."""
        run.mine().filter(state=RunState.WAITING).update(**UNHELD)

    def _at_work(self) -> Place:
        """Our place, once we have said, now and then, that it is at work."""
        if self._place is None or time.monotonic() - self._said_at >= SECONDS_BETWEEN_HEARTBEATS:
            self._place = send_heartbeat(self._kind, self._place_name)
            self._said_at = time.monotonic()
        return self._place

    def _claim(self, run: Run, place: Place) -> bool:
        """Take the run or renew the lease on it; False while another supervisor has it."""
        only_if = Q(state=run.state)
        if run.state != RunState.WAITING:
            # Its trainer lives where it was started: only a supervisor of that place knows.
            only_if &= Q(place=None) | Q(place=place) | forsaken()
        return run.take(self.name, only_if=only_if, place=place)

    def _still_mine(self, run: Run) -> None:
        """Renew the lease in the middle of something long. Raises Interrupted or LeaseLost."""
        self._at_work()
        if self.ending.is_set():
            raise Interrupted
        run.renew()

    def _end_trainers(self, runs: list[Run]) -> None:
        for run in runs:
            commands.send(folder_of(run), "stop")
        if not self._wait_for_end(runs, SAVE_PATIENCE):
            for run in runs:
                self._launcher.stop(run.handle)
        if not self._wait_for_end(runs, END_PATIENCE):
            for run in runs:
                self._launcher.kill(run.handle)
            self._wait_for_end(runs, END_PATIENCE)

    def _wait_for_end(self, runs: list[Run], seconds: float) -> bool:
        """Wait until no trainer lives any more, renewing the leases; False when some still do."""
        until = time.monotonic() + seconds
        while any(self._launcher.is_alive(run.handle) for run in runs):
            if time.monotonic() > until:
                return False
            for run in runs:
                with suppress(LeaseLost):  # then another supervisor waits for it now
                    run.renew()
            time.sleep(0.2)
        return True
