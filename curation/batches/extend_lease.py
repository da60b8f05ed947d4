"""A volunteer who is at work keeps their batch: each vote leaves them an hour, within limits."""

from __future__ import annotations

import datetime as dt

from curation.batches.models import Assignment

AFTER_A_VOTE = dt.timedelta(minutes=60)
"""Whoever votes has the batch for at least this long from then on."""
MOST_BEYOND = dt.timedelta(hours=24)
"""So long after the end that the organiser set, voting moves it no further."""
WORTH_WRITING = dt.timedelta(minutes=1)
"""A gain smaller than this is not written, so that most votes write nothing."""
GRACE = dt.timedelta(hours=24)
"""So long after a lease's end votes are still taken where nobody else is at the picture: what was
said without a line is not lost. Only votes: no picture is shown any more."""


def extended_end(
    *, leased_until: dt.datetime, granted_until: dt.datetime, voted_at: dt.datetime
) -> dt.datetime:
    """When the lease ends once its holder has voted: never earlier than before."""
    return max(leased_until, min(voted_at + AFTER_A_VOTE, granted_until + MOST_BEYOND))


def extend_lease(
    *, lease_id: int, leased_until: dt.datetime, granted_until: dt.datetime, voted_at: dt.datetime
) -> None:
    """Move the end of a lease on after a vote, inside the vote's transaction.

    The vote holds the subject still, as taking a batch back does: a lease that was live when the
    vote was checked is live now. Of votes at once the latest end stays, in whatever order.
    """
    end = extended_end(leased_until=leased_until, granted_until=granted_until, voted_at=voted_at)
    if end - leased_until < WORTH_WRITING:
        return
    Assignment.objects.filter(pk=lease_id, leased_until__lt=end).update(leased_until=end)
