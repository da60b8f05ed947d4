"""The supervisor: keeps background jobs and trainings going, whatever was killed meanwhile.

It keeps nothing that matters in memory: every second it looks at the rows and the processes as
they are, so it may be killed at any line and another takes over.
"""

from __future__ import annotations

import logging
import platform
import signal
import threading
import time
from datetime import timedelta
from functools import partial
from types import FrameType
from uuid import uuid4

from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone

from curation.analysis.models import Analysis
from curation.analysis.start_analysis import start_missing_analyses
from curation.images.models import Intake
from curation.jobs import requeue_abandoned
from training.engine import commands
from training.launchers.protocol import Launcher
from training.runs.carry_out import carry_out, look_at
from training.runs.models import Cause, Run, RunState
from training.runs.next_action import Action, Decision, next_action
from training.runs.run_folder import folder_of
from training.runs.selectors import runs_to_look_after

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0

LEASE = timedelta(seconds=15)
"""How long a supervisor may be silent before another takes its runs over."""

SAVE_PATIENCE, END_PATIENCE = 18.0, 4.0
"""Seconds that trainers get to save when the supervisor is shut down: first they are asked, then
told by a signal, then killed."""


class Interrupted(Exception):
    """In the middle of something long, the supervisor was told to end or lost the run."""


class Supervisor:
    """Looks after the runs of one machine."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._machine = f"{platform.node()[:40]}/"
        self.name = f"{self._machine}{uuid4().hex[:12]}"
        self.ending = threading.Event()
        """Set it, from a signal handler for example, and the supervisor ends soon."""

    def tick(self) -> None:
        """Do once what is done every second. A run in trouble does not keep the others waiting."""
        for tend in (tend_jobs, self._tend_runs):
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
        for run in runs_to_look_after():
            if self.ending.is_set():
                return
            if not self._claim(run):
                continue
            try:
                turn = run.state == RunState.WAITING and self._is_slot_free()
                seen = look_at(run, self._launcher, slot_free=turn)
                carry_out(
                    next_action(seen),
                    run=run,
                    launcher=self._launcher,
                    after_each=partial(self._still_mine, run),
                )
            except Interrupted:
                continue
            except Exception:
                logger.exception("run_not_looked_after run=%s", run.pk)

    def _claim(self, run: Run) -> bool:
        """Take the run or renew the lease on it; False while another supervisor has it."""
        now = timezone.now()
        if run.supervisor == self.name and run.leased_until and run.leased_until > now + LEASE / 2:
            return True
        free = Q(supervisor=self.name) | Q(leased_until=None) | Q(leased_until__lt=now)
        if run.state != RunState.WAITING:
            # Its trainer lives on the machine that started it: only a supervisor there can tell.
            free &= Q(supervisor="") | Q(supervisor__startswith=self._machine)
        claimed = Run.objects.filter(free, pk=run.pk, state=run.state).update(
            supervisor=self.name, leased_until=now + LEASE
        )
        if claimed:
            run.supervisor, run.leased_until = self.name, now + LEASE
        return bool(claimed)

    def _is_slot_free(self) -> bool:
        """Whether this machine has no run at work: two would only slow each other down."""
        at_work = Q(state__in=(RunState.RUNNING, RunState.STOPPING))
        return not Run.objects.filter(at_work, supervisor__startswith=self._machine).exists()

    def _still_mine(self, run: Run) -> None:
        """Renew the lease in the middle of something long. Raises Interrupted."""
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


def supervise_until_told(supervisor: Supervisor) -> None:
    """Look after everything, every second, until SIGTERM or Ctrl-C; then save and end."""

    def end(number: int, frame: FrameType | None) -> None:
        supervisor.ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not supervisor.ending.is_set():
        close_old_connections()
        supervisor.tick()
        supervisor.ending.wait(SECONDS_BETWEEN_LOOKS)
    supervisor.shut_down()


def tend_jobs() -> None:
    """Put jobs of killed workers back into the queue, and queue what nobody has queued yet."""
    requeue_abandoned(Intake)
    requeue_abandoned(Analysis)
    start_missing_analyses()
