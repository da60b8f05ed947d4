"""What this stage refuses."""

from __future__ import annotations

from curation.errors import Conflict


class RunNotActive(Conflict):
    """The run has already ended, so there is nothing to stop."""

    code = "run_not_active"


class RunNotRunning(Conflict):
    """No trainer is at work, so nobody could obey."""

    code = "run_not_running"


class RunNotResumable(Conflict):
    """The run is at work, or all of its steps are done."""

    code = "run_not_resumable"
