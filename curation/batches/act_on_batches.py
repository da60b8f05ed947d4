"""Use case: an organiser does one thing with many batches at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.assign_batch import DEFAULT_DAYS, assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.errors import BatchClosed
from curation.batches.models import Assignment, Batch
from curation.batches.reopen_batch import reopen_batch
from curation.batches.revoke_batch import revoke_batch
from curation.errors import InvalidInput
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE

MOST_AT_ONCE = 200
"""So many batches take a second or two; more are done in several steps."""


class Act(StrEnum):
    """What can be done with many batches."""

    HAND_OUT = "hand_out"
    MORE_TIME = "more_time"
    TAKE_BACK = "take_back"
    CLOSE = "close"
    REOPEN = "reopen"


class Outcome(StrEnum):
    """What became of one batch."""

    DONE = "done"
    WAS_SO = "was_so"
    """It was closed, or open, already; or all have it with an end as late."""
    IS_CLOSED = "is_closed"
    """Of a closed batch nothing is handed out, nor is it given more time."""
    HELD_BY_NOBODY = "held_by_nobody"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """A batch and what became of it."""

    batch: Batch
    outcome: Outcome


def act_on_batches(
    *,
    act: Act,
    batches: Sequence[Batch],
    people: Sequence[User] = (),
    days: int = DEFAULT_DAYS,
    actor: User | None,
) -> list[Result]:
    """Do it with each batch by itself, in its own transaction, as if it were done one by one.

    Handing out gives each batch to all of `people`. More time and taking back concern all who have
    not returned a batch, or those of `people` if any are named. Done twice it changes nothing.
    Raises NotAllowed or ConsentMissing, and InvalidInput before anything is done.
    """
    for subject in {batch.subject for batch in batches}:
        require(actor, ORGANISE, subject.project)
    if not batches:
        raise InvalidInput(_("Choose at least one batch."))
    if len(batches) > MOST_AT_ONCE:
        raise InvalidInput(
            _("At most %(most)d batches at once: choose fewer.") % {"most": MOST_AT_ONCE}
        )
    if act is Act.HAND_OUT and not people:
        raise InvalidInput(_("Choose to whom."))
    held = _not_returned(batches, people, members_only=act is Act.MORE_TIME)
    return [
        Result(
            batch=batch,
            outcome=_outcome(act, batch, held[batch.pk], people=people, days=days, actor=actor),
        )
        for batch in batches
    ]


def _not_returned(
    batches: Iterable[Batch], people: Sequence[User], *, members_only: bool
) -> defaultdict[int, list[Assignment]]:
    """By batch, who has it; of `people` alone if any are named."""
    leases = Assignment.objects.filter(batch__in=batches, returned_at=None)
    if members_only:  # who has left the project may be given nothing, and loses it by taking back
        leases = leases.filter(volunteer__memberships__project=F("batch__subject__project"))
    if people:
        leases = leases.filter(volunteer__in=people)
    held: defaultdict[int, list[Assignment]] = defaultdict(list)
    for lease in leases.select_related("volunteer").order_by("pk"):
        held[lease.batch_id].append(lease)
    return held


def _outcome(
    act: Act,
    batch: Batch,
    held: Sequence[Assignment],
    *,
    people: Sequence[User],
    days: int,
    actor: User | None,
) -> Outcome:
    match act:
        case Act.CLOSE | Act.REOPEN:
            return _close_or_reopen(act, batch, actor)
        case Act.HAND_OUT:
            return _give(batch, people, days, actor)
        case _ if not held:
            return Outcome.HELD_BY_NOBODY
        case Act.TAKE_BACK:
            for lease in held:
                revoke_batch(batch=batch, volunteer=lease.volunteer, actor=actor)
            return Outcome.DONE
        case Act.MORE_TIME:
            until = timezone.now() + dt.timedelta(days=days)
            shorter = [lease.volunteer for lease in held if lease.leased_until < until]
            return _give(batch, shorter, days, actor)


def _close_or_reopen(act: Act, batch: Batch, actor: User | None) -> Outcome:
    if (batch.closed_at is not None) == (act is Act.CLOSE):
        return Outcome.WAS_SO
    if act is Act.CLOSE:
        close_batch(batch=batch, actor=actor)
    else:
        reopen_batch(batch=batch, actor=actor)
    return Outcome.DONE


def _give(batch: Batch, people: Sequence[User], days: int, actor: User | None) -> Outcome:
    try:
        for person in people:
            assign_batch(batch=batch, volunteer=person, days=days, actor=actor)
    except BatchClosed:
        return Outcome.IS_CLOSED
    return Outcome.DONE if people else Outcome.WAS_SO
