"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict


class EnoughVotes(Conflict):
    """No vote of theirs is wanted: enough was said, or they had the picture as gold.

    Which of the two it was is told to nobody: words for it name no others.
    """

    code = "enough_votes"


class NothingToTake(Conflict):
    """No picture that is open to everybody waits for a vote of this person."""

    code = "nothing_to_take"
