"""The supervisor: keeps background jobs and trainings going, whatever was killed meanwhile.

It keeps nothing that matters in memory: every second it looks at the rows and the processes as
they are, so it may be killed at any line and another takes over.
"""

from __future__ import annotations

import logging
import platform
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from training.engine.run import commands
from training.launchers.protocol import Launcher
from training.runs.models import Cause, Run, RunState
from training.runs.run_folder import folder_of
from training.runs.selectors import runs_to_look_after
from training.supervisor.carry_out import carry_out, look_at
from training.supervisor.next_action import Action, Decision, next_action
from training.supervisor.slots import is_slot_free, say_at_work

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_WORDS = 5.0
"""How often a supervisor says that it is there; not each second, as SQLite has one writer."""

LEASE = timedelta(seconds=15)
"""How long a supervisor may be silent before another takes its runs over."""

SAVE_PATIENCE, END_PATIENCE = 18.0, 4.0
"""Seconds that trainers get to save when the supervisor is shut down: first they are asked, then
told by a signal, then killed."""


class Interrupted(Exception):
    """In the middle of something long, the supervisor was told to end or lost the run."""


class Supervisor:
    """Looks after the runs of one machine, beside others of the same or another machine."""

    def __init__(
        self,
        launcher: Launcher,
        *,
        chores: Sequence[Callable[[], object]] = (),
        machine: str = "",
    ) -> None:
        """`chores` are what other stages want done every second besides the runs."""
        self._launcher = launcher
        self._chores = chores
        self._machine = machine or platform.node()[:40]
        self.name = f"{self._machine}/{uuid4().hex[:12]}"
        self._said_at = -SECONDS_BETWEEN_WORDS
        self.ending = threading.Event()
        """Set it, from a signal handler for example, and the supervisor ends soon."""

    def tick(self) -> None:
        """Do once what is done every second. A run in trouble does not keep the others waiting."""
        for tend in (*self._chores, self._tend_runs):
            try:
                tend()
            except Exception:
                # For example a database that is away for a moment: next second is another try.
                logger.exception("supervisor_tick_failed")

    def shut_down(self) -> None:
        """Have every trainer save and end, and leave its run waiting for the next supervisor."""
        mine = list(runs_to_look_after().filter(supervisor=self.name).exclude(handle={}))
        self._end_trainers(mine)
        for run in mine:
            decision = next_action(look_at(run, self._launcher))
            if decision.action == Action.REQUEUE:
                decision = Decision(action=Action.REQUEUE, cause=Cause.SUPERVISOR_ENDED)
            carry_out(decision, run=run, launcher=self._launcher)
        Run.objects.filter(supervisor=self.name).update(supervisor="", leased_until=None)

    def _tend_runs(self) -> None:
        self._say_at_work()
        for run in runs_to_look_after():
            if self.ending.is_set():
                return
            try:
                self._tend(run)
            except Interrupted:
                continue
            except Exception:
                logger.exception("run_not_looked_after run=%s", run.pk)

    def _tend(self, run: Run) -> None:
        """Do what is next with a run, if it is ours to look after.

        A waiting run is nobody's until a machine has room for it: held by one without, it would
        wait while another stands idle. That its consent ended is for all to see and act on.
        """
        waits = run.state == RunState.WAITING
        turn = waits and is_slot_free(self._machine)
        if (turn or not waits) and not self._claim(run):
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
        mine = Run.objects.filter(pk=run.pk, supervisor=self.name, state=RunState.WAITING)
        mine.update(supervisor="", leased_until=None)

    def _say_at_work(self) -> None:
        if time.monotonic() - self._said_at >= SECONDS_BETWEEN_WORDS:
            say_at_work(self._machine)
            self._said_at = time.monotonic()

    def _claim(self, run: Run) -> bool:
        """Take the run or renew the lease on it; False while another supervisor has it."""
        now = timezone.now()
        if run.supervisor == self.name and run.leased_until and run.leased_until > now + LEASE / 2:
            return True
        free = Q(supervisor=self.name) | Q(leased_until=None) | Q(leased_until__lt=now)
        if run.state != RunState.WAITING:
            # Its trainer lives on the machine that started it: only a supervisor there can tell.
            free &= Q(supervisor="") | Q(supervisor__startswith=f"{self._machine}/")
        claimed = Run.objects.filter(free, pk=run.pk, state=run.state).update(
            supervisor=self.name, leased_until=now + LEASE
        )
        if claimed:
            run.supervisor, run.leased_until = self.name, now + LEASE
        return bool(claimed)

    def _still_mine(self, run: Run) -> None:
        """Renew the lease in the middle of something long. Raises Interrupted."""
        self._say_at_work()
        if self.ending.is_set() or not self._claim(run):
            raise Interrupted

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
                self._claim(run)
            time.sleep(0.2)
        return True
