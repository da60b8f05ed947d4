"""What stories about batches begin with: pictures cut, handed out, and judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

from django.utils import timezone

from curation.batches.assign_batch import assign_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.extend_lease import GRACE
from curation.batches.models import Assignment, Batch, BatchItem
from curation.images.measures import blank_measures
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, Role, User
from curation.subjects.models import Subject
from curation.votes.cast_vote import cast_vote
from curation.votes.models import Vote
from tests.conftest import make_member

KEEP, REJECT, UNSURE = Verdict.KEEP, Verdict.REJECT, Verdict.UNSURE


def cut(subject: Subject, make_image: Callable[..., Image], *, num: int, by: User) -> Batch:
    """A batch of `num` new images."""
    for _ in range(num):
        make_image(of=subject)
    (batch,) = cut_batches(subject=subject, size=max(num, 1), actor=by)
    return batch


def hand_out(batch: Batch, *people: User, by: User) -> None:
    """Leases for all of them."""
    for person in people:
        assign_batch(batch=batch, volunteer=person, actor=by)


def expire(batch: Batch, person: User, *, ago: dt.timedelta = GRACE) -> None:
    """Let the person's time run out, so long ago that no vote of theirs is taken any more."""
    Assignment.objects.filter(batch=batch, volunteer=person).update(
        leased_until=timezone.now() - ago - dt.timedelta(seconds=1)
    )


def items_of(batch: Batch) -> list[BatchItem]:
    return list(batch.items.select_related("image").order_by("position"))


def vote(person: User, item: BatchItem, verdict: Verdict, *reasons: Reason) -> Vote | None:
    """A vote by somebody; a rejection without reasons is for being blurry."""
    if verdict is REJECT and not reasons:
        reasons = (Reason.BLURRY,)
    return cast_vote(
        item_id=item.pk, volunteer=person, verdict=verdict, reasons=reasons, client_key=uuid4()
    )


def crowd(project: Project, num: int) -> list[User]:
    """Volunteers v1, v2, …"""
    return [make_member(project, f"v{n}", Role.VOLUNTEER) for n in range(1, num + 1)]


def image_row(subject: Subject, number: int) -> Image:
    """An image without bytes, for stories in which nobody looks at it."""
    image = Image.objects.create(
        subject=subject,
        number=number,
        name=f"{number}.png",
        sha256=f"{number:064x}",
        size_bytes=1,
        width=1,
        height=1,
        format="PNG",
        bare_sha256=f"{number:064x}",
        bare_size_bytes=1,
        bare_format="PNG",
    )
    blank_measures(image).save(force_insert=True)
    return image
