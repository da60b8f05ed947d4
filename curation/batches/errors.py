"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict, NotAllowed


class NotAssigned(NotAllowed):
    """The batch is not in this person's hands, or no longer."""

    code = "not_assigned"


class LeaseExpired(Conflict):
    """The batch was in this person's hands, but their time ran out."""

    code = "lease_expired"


class BatchClosed(Conflict):
    """The organiser closed the batch, so nobody votes in it."""

    code = "batch_closed"


class NothingToCut(Conflict):
    """Every image is in a batch already, is settled or is gold."""

    code = "nothing_to_cut"


class OtherPicture(Conflict):
    """The vote was cast looking at another picture than the one that it would be stored for."""

    code = "other_picture"
