"""Every second: tend the background jobs of every stage, then the trainings of this machine."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.db import close_old_connections, connections

from curation.analysis.models import Analysis
from curation.analysis.start_analysis import start_missing_analyses
from curation.analysis.tasks import analyse_image_task
from curation.duplicates.models import DuplicateSearch
from curation.duplicates.start_searches import start_searches
from curation.duplicates.tasks import find_duplicates_task
from curation.hints.models import Fitting
from curation.hints.start_fits import Lessons, start_fits
from curation.hints.tasks import fit_hints_task
from curation.notices.models import Notice
from curation.notices.start_notices import Notices
from curation.notices.tasks import send_notice_task
from curation.queue import requeue_abandoned
from curation.releases.models import Freezing
from curation.releases.tasks import run_freezing_task
from curation.sources.models import ImportRun
from curation.sources.tasks import run_import_task
from curation.votes.models import Fit
from curation.votes.start_fits import Fits
from curation.votes.tasks import fit_votes_task
from training.conversions.end_conversion import end_abandoned_conversions
from training.supervisor.supervise import Supervisor

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_PUTTING_BACK = 5.0
"""Leases last longer, and so do pauses between two tries."""


def supervise_until_stopped(supervisor: Supervisor) -> None:
    """Look after everything, every second, until SIGTERM or Ctrl-C; then save and end."""

    def end(number: int, frame: FrameType | None) -> None:
        supervisor.ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    ended = threading.Event()
    # On a thread of its own: a tick may wait long for the database's one writer, and a shutdown for
    # trainers that save.
    keeping = threading.Thread(target=_keep_permissions, args=(supervisor, ended), daemon=True)
    keeping.start()
    while not supervisor.ending.is_set():
        close_old_connections()
        supervisor.tick()
        supervisor.ending.wait(SECONDS_BETWEEN_LOOKS)
    supervisor.shut_down()
    ended.set()
    keeping.join()


def _keep_permissions(supervisor: Supervisor, ended: threading.Event) -> None:
    """Renew the trainers' permissions every second until all is over."""
    while not ended.wait(SECONDS_BETWEEN_LOOKS):
        close_old_connections()
        try:
            supervisor.renew_permissions()
        except Exception:
            # For example a database that is away for a moment: next second is another try.
            logger.exception("permissions_not_renewed")
    connections.close_all()


class TendingJobs:
    """Looks after the background jobs of every stage; called every second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._put_back_at = -float("inf")
        self._learn = Lessons(clock)
        self._tell = Notices(clock)
        self._fit_votes = Fits(clock)

    def __call__(self) -> None:
        """Queue what nobody has yet, and every few seconds what has to be put back."""
        start_missing_analyses()
        start_searches()
        start_fits()
        self._learn()
        self._fit_votes()
        self._tell()
        if self._clock() - self._put_back_at >= SECONDS_BETWEEN_PUTTING_BACK:
            put_back_jobs()
            self._put_back_at = self._clock()


def put_back_jobs() -> None:
    """Put jobs of killed workers back into the queue or end them, and queue what is due again."""
    requeue_abandoned(ImportRun, run_import_task)
    requeue_abandoned(Freezing, run_freezing_task)
    requeue_abandoned(Analysis, analyse_image_task)
    requeue_abandoned(DuplicateSearch, find_duplicates_task)
    requeue_abandoned(Fitting, fit_hints_task)
    requeue_abandoned(Fit, fit_votes_task)
    requeue_abandoned(Notice, send_notice_task)
    end_abandoned_conversions()
