"""Work that one process does at a time, and that survives the process being killed.

`Leased` is the lease itself: a row is held under a name until a moment, and whoever holds it
moves that moment on. When the holder is killed nobody does, and another may take the row over.
The old holder, should it only have slept, finds out: its name is no longer in the row.

`Job` is background work on such a row: waiting, claimed by a worker, and then done or failed.
Failed is a verdict. What the machine's trouble keeps from being done waits until a moment instead,
longer each time; there is no end to the tries, for a trouble ends some day. Between these rows and
the task queue stands `curation/queue.py`.
"""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeVar
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connection, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.troubles import Trouble, trouble_of

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
"""Between two tries of what trouble keeps from being done."""

BROKE = "broke"
"""The problem of a job that failed for what nobody thought of; the log has it."""

UNHELD: dict[str, Any] = {"held_by": "", "leased_until": None}
"""The columns of a lease that nobody holds."""


def spelt_out(value: str | int) -> RawSQL:
    """A value of our own code that stands in the statement itself, not beside it.

    A prepared statement is planned without the values beside it. That hardly a row of many is in
    a state, PostgreSQL then cannot know, and reads them all.
    """
    return RawSQL(f"'{value}'" if isinstance(value, str) else str(value), ())  # noqa: S611


class LeaseLost(Exception):
    """We were silent for too long, and the row is no longer ours."""


def new_holder() -> str:
    """A name to hold leases under, that nobody else has or had: the host, and something new.

    The host is there for people to read; nothing depends on it, as it may change.
    """
    return f"{platform.node()[:40]}/{uuid4().hex[:12]}"


class Leased(models.Model):
    """A row that one process works on at a time."""

    held_by = models.CharField(max_length=64, blank=True)
    """Whoever works on it, under a name from `new_holder`."""
    leased_until = models.DateTimeField(null=True, blank=True)
    """Later than this, whoever held it was killed."""

    lease: ClassVar[timedelta] = timedelta(seconds=60)
    """How long a holder may be silent before another takes the row over."""

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(held_by="", leased_until=None)
                | (~Q(held_by="") & Q(leased_until__isnull=False)),
                name="%(class)s_is_leased_exactly_while_it_is_held",
            ),
        )

    @staticmethod
    def free() -> Q:
        """Rows that nobody holds, or only somebody who fell silent."""
        return Q(leased_until=None) | Q(leased_until__lt=timezone.now())

    @property
    def is_held(self) -> bool:
        """Whether somebody is at work on it."""
        return self.leased_until is not None and self.leased_until > timezone.now()

    def take(self, holder: str, *, only_if: Q | None = None, **changes: Any) -> bool:
        """Hold the row under that name, or renew its lease; False while another holds it.

        `changes` are written with it, and nothing is when `only_if` does not hold.
        """
        if self.held_by == holder and self._is_fresh():
            return True
        mine_or_free = Q(held_by=holder) | self.free()
        until = timezone.now() + self.lease
        rows = self._row().filter(mine_or_free, only_if or Q())
        return self._write(rows, held_by=holder, leased_until=until, **changes)

    def renew(self, **changes: Any) -> None:
        """Say that we live, and write `changes`. Raises LeaseLost.

        Cheap to call often: it writes when there are changes or half of the lease is over.
        """
        if not changes and self._is_fresh():
            return
        until = timezone.now() + self.lease
        if not self._write(self.mine(), leased_until=until, **changes):
            raise LeaseLost

    def mine(self) -> models.QuerySet[Self]:
        """The row while we hold it: an update of it changes nothing once somebody took over."""
        return self._row().filter(held_by=self.held_by).exclude(held_by="")

    def is_still_mine(self) -> bool:
        """Whether nobody took the row over. Locks it until the transaction ends."""
        return self.mine().select_for_update().first() is not None

    def _row(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)

    def _is_fresh(self) -> bool:
        half = timezone.now() + self.lease / 2
        return self.leased_until is not None and self.leased_until > half

    def _write(self, rows: models.QuerySet[Self], **changes: Any) -> bool:
        """Change the row if it is among `rows`, and this copy of it with it."""
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


UNTRIED: dict[str, Any] = {
    "state": JobState.WAITING,
    "attempt": 0,
    "problem": "",
    "trouble": "",
    "num_troubles": 0,
    "not_before": None,
}
"""The columns of a job that nobody has tried yet."""


class Job(Leased):
    """A piece of background work: claimed by one worker at a time, safe to run again."""

    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    trouble = models.CharField(max_length=16, choices=Trouble, blank=True)
    """What kept it from being done the last time; blank once it is done or failed."""
    num_troubles = models.PositiveIntegerField(default=0)
    """How often trouble kept it from being done, one time after the other."""
    not_before = models.DateTimeField(null=True, blank=True)
    """When it is tried again. None while the queue holds it or a worker does."""

    max_attempts: ClassVar[int] = 3
    """A job that killed this many workers is given up, so that it cannot kill them for ever."""

    class Meta(Leased.Meta):
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            *Leased.Meta.constraints,
            models.CheckConstraint(
                condition=Q(not_before=None) | (Q(state=JobState.WAITING) & ~Q(trouble="")),
                name="%(class)s_waits_for_a_moment_only_in_trouble",
            ),
        )

    @classmethod
    def claim(cls, pk: int) -> Self | None:
        """Take the job for this worker; None when it is done, in other hands, or not yet due."""
        claimed = cls._default_manager.filter(cls.to_claim(), cls.free(), pk=pk).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            not_before=None,
            held_by=(holder := new_holder()),
            leased_until=timezone.now() + cls.lease,
        )
        return cls._default_manager.filter(pk=pk, held_by=holder).first() if claimed else None

    @staticmethod
    def to_claim() -> Q:
        """Jobs that a worker may take, when nobody else holds them."""
        due = Q(not_before=None) | Q(not_before__lte=timezone.now())
        return Q(state__in=(JobState.WAITING, JobState.RUNNING)) & due

    @staticmethod
    def abandoned() -> Q:
        """Jobs whose worker said that it would be back by now."""
        return Q(state=spelt_out(JobState.RUNNING.value), leased_until__lt=timezone.now())

    @staticmethod
    def to_queue() -> Q:
        """Jobs that wait for no moment, or whose moment has come."""
        due = Q(not_before=None) | Q(not_before__lte=timezone.now())
        return Q(state=spelt_out(JobState.WAITING.value)) & due

    @property
    def waits_out_trouble(self) -> bool:
        """Whether it waits for a trouble to pass."""
        return self.state == JobState.WAITING and self.trouble != ""

    @staticmethod
    def to_try_again() -> Q:
        """Jobs that failed, and those that wait for a trouble to pass."""
        return Q(state=JobState.FAILED) | Q(state=JobState.WAITING, not_before__isnull=False)

    def begin(self) -> None:
        """Save a job that nobody has begun, and that this process does itself, right away."""
        self.state, self.attempt = JobState.RUNNING, 1
        self.held_by, self.leased_until = new_holder(), timezone.now() + self.lease
        self.save()

    def finish(self, state: JobState, problem: str = "", **changes: Any) -> bool:
        """Leave the job in a final state; False, changing nothing, when somebody took it over.

        Until the transaction ends nobody can take it over any more.
        """
        final = {"state": state, "problem": problem, "trouble": "", "num_troubles": 0}
        return self._write(self.mine(), **final, **UNHELD, **changes)

    def give_up(self) -> bool:
        """Leave the job failed for what nobody thought of; False when somebody took it over."""
        return self.finish(JobState.FAILED, BROKE)

    def put_back(self) -> bool:
        """Leave the job to the next worker; False, changing nothing, when somebody took it over."""
        return self._write(self.mine(), state=JobState.WAITING, **UNHELD)

    def put_off(self, error: BaseException) -> bool:
        """Have the job wait when `error` comes from a trouble that passes; False for any other.

        Such a try does not count as an attempt. When the database is in trouble itself, this goes
        on trying to write that down for as long as the lease lasts, and then raises what it raised.
        """
        trouble = trouble_of(error)
        if trouble is None:
            return False
        name = self._meta.model_name
        logger.warning("job_waits job=%s/%s trouble=%s: %s", name, self.pk, trouble, error)
        while True:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            try:
                self._wait_for_end_of(trouble)
            except (OperationalError, InterfaceError):
                if not self.is_held:
                    raise
                time.sleep(1)
            else:
                return True

    def _wait_for_end_of(self, trouble: Trouble) -> None:
        self._write(
            self.mine(),
            state=JobState.WAITING,
            attempt=max(self.attempt - 1, 0),
            trouble=trouble,
            num_troubles=self.num_troubles + 1,
            not_before=timezone.now() + pause_after(self.num_troubles),
            **UNHELD,
        )


def pause_after(num_troubles: int) -> timedelta:
    """How long to wait after so many troubles before: twice as long each time, up to a limit."""
    return min(FIRST_PAUSE * (1 << min(num_troubles, 20)), LONGEST_PAUSE)


AnyJob = TypeVar("AnyJob", bound=Job)


def work_on(kind: type[AnyJob], pk: int, work: Callable[[AnyJob], object]) -> None:
    """Claim the job and have `work` do it; nothing when it is done already or in other hands."""
    if job := kind.claim(pk):
        work_while_held(job, work)


def work_while_held(
    job: AnyJob,
    work: Callable[[AnyJob], object],
    give_up: Callable[[AnyJob], object] = lambda job: job.give_up(),
) -> None:
    """Have `work` do and finish a job whose lease we hold, and renew the lease meanwhile.

    LeaseLost ends it, and leaves all to whoever took the job over. In trouble of the machine the
    job waits. What else `work` raises is logged, and `give_up` leaves the job in a final state.
    """
    name = f"{job._meta.model_name}/{job.pk}"
    try:
        work(job)
    except LeaseLost:
        logger.warning("job_taken_over job=%s", name)
    except Exception as error:
        if not job.put_off(error):
            # Whatever it is, the job must not stay "running" for ever.
            logger.exception("job_broke job=%s", name)
            give_up(job)
