"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict


class EnoughVotes(Conflict):
    """No vote of theirs is wanted: others have said what was needed, or they had it as gold."""

    code = "enough_votes"


class NothingToTake(Conflict):
    """No picture that is open to everybody waits for a vote of this person."""

    code = "nothing_to_take"
