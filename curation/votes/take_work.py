"""Use case: a member asks for work, and gets a batch of what is open to everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.cut_batches import create_batches
from curation.batches.models import Assignment, Batch, Order
from curation.batches.order import in_order
from curation.batches.return_batch import return_batch
from curation.batches.selectors import images_in_no_batch
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import VIEW
from curation.subjects.gate import ConsentMissing, require_consent
from curation.subjects.models import Act, Subject
from curation.votes.errors import NothingToTake
from curation.votes.practised_eyes import subjects_to_take
from curation.votes.progress import HeldBatch, batches_held_by, held_batch
from curation.votes.work import batches_in_work, free_batches, open_subjects, work_for

CANDIDATES = 1000
"""At least so many pictures are looked up before the lock: others may take some of them."""


def take_work(*, person: User, beside: int | None = None) -> HeldBatch:
    """Give the person a batch to go on with: one that they hold, else one that hands itself out.

    An image is in one batch and a person has one lease on it, so nobody gets a picture twice. Of
    what is open they get the first batch that wants more votes than others who hold it could
    give; else new pictures are cut, as the subject's `HandOut` says; else they get again what
    they gave back unfinished.
    `beside` is the key of a batch whose subject comes first. What is finished is returned for them.
    Subjects with look-alikes wait while the person can earn the level on others (`practised_eyes`).
    Raises NothingToTake, and SecondFactorNeeded to admins without one.
    """
    before = batches_held_by(person)
    first = _subject_of(beside)
    subjects = sorted(subjects_to_take(person), key=lambda subject: subject.pk != first)
    taken = next_held(before, first)
    if taken is None:
        taken = _taken_of(subjects, person, again=False) or _taken_of(subjects, person, again=True)
    if taken is None:
        raise NothingToTake(WHY_NOT[why := work_for(person)], why=why)
    for held in before:
        if held.num_left == 0 and held.batch.pk != taken.batch.pk:
            return_batch(batch=held.batch, actor=person)
    return taken


def _subject_of(batch_id: int | None) -> int | None:
    batch = None if batch_id is None else Batch.objects.filter(pk=batch_id).first()
    return None if batch is None else batch.subject_id


WHY_NOT = {
    # Between two questions something has become free: whoever asks once more gets it.
    "some": _("Somebody else was quicker. Please try again."),
    "nothing_open": _("Nothing is open to everybody just now. An organiser hands batches out."),
    "had_enough": _("You have judged as many of the open pictures as one person may. Thank you!"),
    "others_hold_it": _(
        "Others are judging all that still waits for a vote. Please come back a little later."
    ),
    "all_judged": _("All that is open to you is judged. Thank you! New pictures will come."),
}


def next_held(held: Iterable[HeldBatch], first: int | None = None) -> HeldBatch | None:
    """The batch to go on with, of those that somebody holds; None where all of them are finished.

    What was begun comes before what was not, then what has to be back first. Before both, where
    somebody comes from a desk, comes a batch of its subject, whose key is `first`: that face is
    the one that they have in mind.
    """
    unfinished = [each for each in held if each.num_left]
    return min(
        unfinished,
        key=lambda each: (
            each.batch.subject_id != first,
            each.num_votes == 0,
            each.leased_until,
        ),
        default=None,
    )


def _taken_of(subjects: list[Subject], person: User, *, again: bool) -> HeldBatch | None:
    for subject in subjects:
        require(person, VIEW, subject.project)
        try:
            taken = _taken_in(subject, person, again=again)
        except ConsentMissing:  # it was withdrawn a moment ago
            continue
        if taken is not None:
            return taken
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What was free before the subject was locked: to look through all of it takes a while."""

    batch: Batch | None
    last_number: int
    """Batches with a higher one were cut since."""
    new_images: list[int]
    """The keys of those that are to be cut next, in their order."""


def _found_in(subject: Subject, person: User, *, again: bool) -> _Found:
    last = Batch.objects.filter(subject=subject).aggregate(last=Max("number"))["last"] or 0
    batch = free_batches(batches_in_work([subject]), person, had=again).first()
    new: list[int] = []
    if batch is None and not again:
        num = max(CANDIDATES, 2 * subject.hand_out.size)
        new = _next_images(subject, Order(subject.hand_out.order), num=num)
    return _Found(batch=batch, last_number=last, new_images=new)


def _next_images(subject: Subject, order: Order, *, num: int) -> list[int]:
    images = in_order(images_in_no_batch(subject), order)
    return list(images.values_list("pk", flat=True)[:num])


def _taken_in(subject: Subject, person: User, *, again: bool) -> HeldBatch | None:
    """A lease on a batch of the subject; None when there is none to give. Raises ConsentMissing."""
    return _taken_of_found(_found_in(subject, person, again=again), subject, person, again=again)


@transaction.atomic
def _taken_of_found(
    found: _Found, subject: Subject, person: User, *, again: bool
) -> HeldBatch | None:
    """The same under the subject's lock: whoever asks twice at once gets one batch."""
    require_consent(subject, Act.CURATE)
    locked = open_subjects(person).filter(pk=subject.pk).first()
    if locked is None or locked.has_enough:
        return None
    mine = [held for held in batches_held_by(person) if held.batch.subject_id == subject.pk]
    if (held := next_held(mine)) is not None:
        return held
    batch = _still_free(found, subject, person, again=again)
    if batch is None and found.new_images:
        batch = _cut(locked, found.new_images, person)
    return None if batch is None else _lease(locked, batch, person)


def _still_free(found: _Found, subject: Subject, person: User, *, again: bool) -> Batch | None:
    """What was found, if nobody was quicker; else what is free now."""
    since = Batch.objects.filter(subject=subject, number__gt=found.last_number)
    if found.batch is None:
        return free_batches(since, person, had=again).first()
    one = Batch.objects.filter(pk=found.batch.pk)
    one_still = free_batches(one, person, had=again).first()
    return one_still or free_batches(batches_in_work([subject]), person, had=again).first()


def _cut(subject: Subject, candidates: list[int], person: User) -> Batch | None:
    """Of the candidates, those that nobody was quicker to take; else of all that are left.

    Where their order takes long to find, more batches are cut with the first, for whoever asks
    next: mixed, that is most of a second at 200,000 pictures.
    """
    order, size = Order(subject.hand_out.order), subject.hand_out.size
    left = images_in_no_batch(subject).filter(pk__in=candidates)
    still = set(left.values_list("pk", flat=True))
    image_ids = [pk for pk in candidates if pk in still]
    image_ids = image_ids or _next_images(subject, order, num=size)
    if order is Order.NUMBER:
        image_ids = image_ids[:size]
    if not image_ids:
        return None
    parts = [image_ids[start : start + size] for start in range(0, len(image_ids), size)]
    batches = create_batches(subject, parts, person)
    log.record(
        "batch.cut",
        actor=person,
        project=subject.project,
        target=subject,
        batches=[batch.number for batch in batches],
        images=sum(map(len, parts)),
    )
    return batches[0]


def _lease(subject: Subject, batch: Batch, person: User) -> HeldBatch:
    batch.subject = subject
    now = timezone.now()
    until = now + dt.timedelta(days=subject.hand_out.days)
    lease, _created = Assignment.objects.update_or_create(
        batch=batch,
        volunteer=person,
        defaults={
            "leased_until": until,
            "granted_until": until,
            "returned_at": None,
            "created_by": person,
        },
    )
    log.record("batch.take", actor=person, project=subject.project, target=batch)
    return held_batch(lease, now=now)
