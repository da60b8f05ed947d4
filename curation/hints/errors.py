"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict


class VoteFirst(Conflict):
    """What others think of an image is told only after one's own vote."""

    code = "vote_first"
