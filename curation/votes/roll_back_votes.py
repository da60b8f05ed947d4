"""Use case: an organiser undoes what one person said of a subject's pictures in a time window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.lock import lock_subject
from curation.errors import InvalidInput
from curation.images.models import Image
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject
from curation.votes.models import Vote, VoteEvent
from curation.votes.tallies import recount

ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class RolledBack:
    """How many votes went, and how many are again what they were before."""

    removed: int
    restored: int


def votes_within(
    subject: Subject, volunteer: User, *, since: dt.datetime, before: dt.datetime
) -> QuerySet[Vote]:
    """The person's votes on the subject's pictures that they cast or last changed in the window.

    `since` belongs to it, `before` does not.
    """
    return Vote.objects.filter(
        image__subject=subject, volunteer=volunteer, cast_at__gte=since, cast_at__lt=before
    )


@transaction.atomic
def roll_back_votes(
    *,
    subject: Subject,
    volunteer: User,
    since: dt.datetime,
    before: dt.datetime,
    actor: User | None,
) -> RolledBack:
    """Make those votes what they were before the window: gone, or an earlier one of the person's.

    The history keeps what they were, and gets a line for each that is changed; the pictures want
    votes again, from the same person too, unless an organiser closes that off. What was frozen
    stays. Raises NotAllowed, InvalidInput where the window has no length.
    """
    require(actor, ORGANISE, subject.project)
    if since >= before:
        raise InvalidInput(_("The window ends before it begins. Choose a later end."))
    lock_subject(subject.pk)
    votes = list(votes_within(subject, volunteer, since=since, before=before).order_by("pk"))
    image_ids = [vote.image_id for vote in votes]
    earlier, batches = _history_of(volunteer, image_ids, since)
    _put_back(votes, earlier)
    _keep_history(votes, earlier, batches)
    for some in _pieces(image_ids):
        recount(Image.objects.filter(pk__in=some))
    rolled = RolledBack(removed=len(votes) - len(earlier), restored=len(earlier))
    log.record(
        "votes.roll_back",
        actor=actor,
        project=subject.project,
        target=subject,
        volunteer=volunteer.username,
        since=since.isoformat(),
        before=before.isoformat(),
        removed=rolled.removed,
        restored=rolled.restored,
    )
    return rolled


def _put_back(votes: Sequence[Vote], earlier: Mapping[int, VoteEvent]) -> None:
    """Make each vote what it was; those that were not there before go."""
    again = [vote for vote in votes if vote.image_id in earlier]
    for vote in again:
        was = earlier[vote.image_id]
        vote.verdict, vote.reason_codes = was.verdict, was.reason_codes
        vote.manual_version, vote.cast_at = was.manual_version, was.at
    Vote.objects.bulk_update(
        again, ["verdict", "reason_codes", "manual_version", "cast_at"], batch_size=ROWS_AT_ONCE
    )
    for some in _pieces([vote.pk for vote in votes if vote.image_id not in earlier]):
        Vote.objects.filter(pk__in=some).delete()


def _keep_history(
    votes: Sequence[Vote], earlier: Mapping[int, VoteEvent], batches: Mapping[int, int]
) -> None:
    """A line for each: what its vote is again, or that it went."""
    now = timezone.now()
    VoteEvent.objects.bulk_create(
        (
            VoteEvent(
                image_id=vote.image_id,
                volunteer_id=vote.volunteer_id,
                batch_id=batches[vote.image_id],
                verdict=vote.verdict if vote.image_id in earlier else "",
                reason_codes=vote.reason_codes if vote.image_id in earlier else "",
                manual_version=vote.manual_version,
                client_key=uuid4(),
                at=now,
                is_rolled_back=True,
            )
            for vote in votes
        ),
        batch_size=ROWS_AT_ONCE,
    )


def _history_of(
    volunteer: User, image_ids: list[int], since: dt.datetime
) -> tuple[dict[int, VoteEvent], dict[int, int]]:
    """By image, the vote that stood before the window, if any; and the batch of the last one.

    What was rolled back before stays so, whenever that was.
    """
    earlier: dict[int, VoteEvent] = {}
    batches: dict[int, int] = {}
    cast: dict[tuple[object, ...], dt.datetime] = {}
    for some in _pieces(image_ids):
        events = VoteEvent.objects.filter(volunteer=volunteer, image__in=some)
        for event in events.order_by("pk"):
            batches[event.image_id] = event.batch_id
            said = event.image_id, event.verdict, event.reason_codes, event.manual_version
            if event.is_rolled_back:  # it was cast when it was first said
                event.at = cast.get(said, event.at)
            elif event.at >= since:
                continue
            else:
                cast[said] = event.at
            if event.verdict:
                earlier[event.image_id] = event
            else:
                earlier.pop(event.image_id, None)
    return earlier, batches


def _pieces(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + ROWS_AT_ONCE] for start in range(0, len(keys), ROWS_AT_ONCE))
