"""Reads of this stage: what can be cut, what was cut, and who has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from curation.batches.models import Assignment, Batch, BatchItem, HandOut, LeaseState
from curation.duplicates.selectors import near_pairs
from curation.images.models import Image
from curation.projects.models import User
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject


def images_in_no_batch(*subjects: Subject) -> QuerySet[Image]:
    """Images that the next cut takes: in no batch, not settled before anybody voted, and no gold.

    Who practised on gold or was told of it could vote on it otherwise, with its answer known.
    """
    # Not `batch_item=None`: databases expect next to nothing of an outer join where one side
    # is missing, and look each of 200,000 images up.
    this = Image.objects.filter(pk=OuterRef("pk"))
    return Image.objects.filter(
        ~Exists(BatchItem.objects.filter(image=OuterRef("pk"))),
        ~Exists(this.filter(ruling__isnull=False)),
        ~Exists(this.filter(gold__isnull=False)),
        subject__in=subjects,
        purged_at=None,
    )


def workable_leases(volunteer: User) -> QuerySet[Assignment]:
    """The leases under which the volunteer may see and judge pictures now: the desk opens."""
    return _leases_not_returned(volunteer).filter(
        _may_be_shown(), leased_until__gt=timezone.now(), batch__closed_at=None
    )


def holds_near(volunteer: User, image: Image) -> bool:
    """Whether a picture that is nearly the same lies on a desk of theirs. One query."""
    pairs = near_pairs(image.subject)
    is_near = Q(batch__items__image__in=pairs.filter(first=image).values("second"))
    is_near |= Q(batch__items__image__in=pairs.filter(second=image).values("first"))
    return workable_leases(volunteer).filter(is_near).exists()


@dataclass(frozen=True, slots=True)
class WithheldLease:
    """A batch that somebody holds, and why its desk does not open for them."""

    lease: Assignment
    why: Literal["batch_closed", "lease_expired", "consent_missing"]
    """The code with which the desk refuses."""

    @property
    def batch(self) -> Batch:
        return self.lease.batch


SHOWN_AFTER_ITS_END = dt.timedelta(days=14)
"""So long a volunteer is told what became of a batch that they had."""


def withheld_leases(volunteer: User) -> list[WithheldLease]:
    """Batches that the volunteer has not returned and whose desk does not open, with the reason."""
    now = timezone.now()
    lately = now - SHOWN_AFTER_ITS_END
    leases = (
        _leases_not_returned(volunteer)
        .filter(Q(batch__closed_at=None) | Q(batch__closed_at__gt=lately), leased_until__gt=lately)
        .annotate(is_shown=_may_be_shown())
        .select_related("batch__subject__project")
        .order_by("-leased_until", "id")
    )
    withheld = []
    for lease in leases:
        if lease.batch.closed_at is not None:
            withheld.append(WithheldLease(lease, "batch_closed"))
        elif lease.state(now) is LeaseState.EXPIRED:
            withheld.append(WithheldLease(lease, "lease_expired"))
        elif not lease.is_shown:
            withheld.append(WithheldLease(lease, "consent_missing"))
    return withheld


def _may_be_shown() -> Exists:
    """The condition on a lease that a consent in force allows to look at its pictures."""
    return covered(Act.CURATE, subject="batch__subject")


def _leases_not_returned(volunteer: User) -> QuerySet[Assignment]:
    """A lease holds only as long as its holder is a member of the project."""
    return Assignment.objects.filter(
        volunteer=volunteer,
        returned_at=None,
        batch__subject__project__memberships__user=volunteer,
    )


def hand_out_of(subject: Subject) -> HandOut | None:
    """How the subject's work hands itself out, if anybody ever said."""
    return HandOut.objects.filter(subject=subject).first()


def batches_of(subject: Subject) -> QuerySet[Batch]:
    """All that was cut of the subject."""
    return Batch.objects.filter(subject=subject)


def leases_of(batches: Sequence[Batch]) -> QuerySet[Assignment]:
    """Who has or had these batches, in the order in which they first got them."""
    return (
        Assignment.objects.filter(batch__in=batches)
        .select_related("volunteer", "batch")
        .order_by("id")
    )
