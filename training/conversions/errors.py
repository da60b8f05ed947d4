"""What this stage refuses."""

from __future__ import annotations

from curation.errors import Conflict


class NoCheckpoint(Conflict):
    """The run has not saved the checkpoint that was asked for."""

    code = "no_checkpoint"
