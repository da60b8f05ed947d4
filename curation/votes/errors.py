"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict, InvalidInput


class EnoughVotes(Conflict):
    """Others have said what was needed; one more vote would change nothing that is wanted."""

    code = "enough_votes"


class OtherPicture(Conflict):
    """The vote was cast looking at another picture than the one that it would be stored for."""

    code = "other_picture"


class ReasonRequired(InvalidInput):
    """A rejection names at least one of the manual's reasons."""

    code = "reason_required"
