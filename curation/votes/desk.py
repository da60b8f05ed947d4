"""What a volunteer finds on their desk: a batch's pictures and their own votes, nobody else's."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from curation.batches.models import Batch, BatchItem
from curation.projects.models import User
from curation.votes.models import Vote
from curation.votes.tallies import tally_of
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskItem:
    """One picture on the desk."""

    item: BatchItem
    mine: Vote | None
    is_open: bool
    """Whether a vote of this person would be taken: a first one that is wanted, or a change.

    It is all that the desk shows of others: not what they said, nor how many they are.
    """


def desk_items(batch: Batch, user: User) -> list[DeskItem]:
    """The batch's pictures in order, as `user` may see them. Two queries, whatever its size."""
    votes: dict[int, list[Vote]] = defaultdict(list)
    for vote in Vote.objects.filter(image__batch_item__batch=batch):
        votes[vote.image_id].append(vote)
    items = (
        BatchItem.objects.filter(batch=batch, image__purged_at=None)
        .select_related("image")
        .order_by("position")
    )
    return [_desk_item(item, votes[item.image_id], user) for item in items]


def _desk_item(item: BatchItem, votes: list[Vote], user: User) -> DeskItem:
    mine = next((vote for vote in votes if vote.volunteer_id == user.pk), None)
    wanted = votes_wanted(tally_of([vote.verdict for vote in votes]))
    return DeskItem(item=item, mine=mine, is_open=mine is not None or wanted > 0)
