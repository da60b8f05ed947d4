"""What this stage says no to."""

from __future__ import annotations

from curation.errors import Conflict


class ProposalGone(Conflict):
    """Somebody else is proposed by now, or nobody."""

    code = "proposal_gone"
