"""Do a freezing that was asked for; safe to run again, by whoever takes it over."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from curation.errors import NotAllowed, NotFound, Refused
from curation.jobs import JobState, LeaseLost, work_on
from curation.releases.freeze_release import freeze_release
from curation.releases.models import Freezing, FreezingProblem, Release
from curation.releases.selection import Selection


def run_freezing(*, freezing_id: int, after_some: Callable[[], None] = lambda: None) -> None:
    """Freeze the release that the row asks for, unless it is done or in other hands."""

    def freeze(freezing: Freezing) -> None:
        try:
            _freeze(freezing, after_some)
        except (NotAllowed, NotFound):
            _fail(freezing, FreezingProblem.NOT_ALLOWED)
        except Refused as refusal:
            _fail(freezing, refusal.code)

    work_on(Freezing, freezing_id, freeze)


def _freeze(freezing: Freezing, after_some: Callable[[], None]) -> None:
    def say_that_we_live() -> None:
        freezing.renew()
        after_some()

    def finish(release: Release) -> None:
        # In the transaction that adds the release: there is both, or neither.
        if not freezing.finish(JobState.DONE, release=release, finished_at=timezone.now()):
            raise LeaseLost

    freeze_release(
        subject=freezing.subject,
        actor=freezing.asked_by,
        selection=Selection.model_validate(freezing.selection),
        after_some=say_that_we_live,
        at_the_end=finish,
    )


def _fail(freezing: Freezing, problem: str) -> None:
    freezing.finish(JobState.FAILED, problem, finished_at=timezone.now())
