"""Fetch a batch or an item and check the person's right to it in one step."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.errors import BatchClosed, LeaseExpired, NotAssigned, OtherPicture
from curation.batches.extend_lease import GRACE
from curation.batches.models import Assignment, Batch, BatchItem
from curation.batches.selectors import holds_near, workable_leases
from curation.errors import InvalidInput, NotFound
from curation.images.models import Image
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE, VIEW
from curation.subjects.access import access_subject
from curation.subjects.gate import ConsentMissing, is_covered
from curation.subjects.models import Act, Subject


def access_batch(
    user: User, project_slug: str, subject_slug: str, number: int, permission: str
) -> Batch:
    """Batch `number` of the subject, if `user` holds `permission` in its project.

    Raises NotFound, NotAllowed.
    """
    subject = access_subject(user, project_slug, subject_slug, permission)
    batch = Batch.objects.filter(subject=subject, number=number).first()
    if batch is None:
        raise NotFound
    batch.subject = subject
    return batch


def require_live_lease(user: User, batch: Batch) -> Assignment:
    """The person's lease on the batch, if they may look at its pictures and judge them now.

    A lease holds only as long as its holder is a member of the project. Batch and lease are read
    anew, so whoever calls it behind the lock of the subject can rely on the answer.
    Raises NotFound to strangers, else NotAssigned, BatchClosed or LeaseExpired.
    """
    return _require_lease(user, batch, grace=dt.timedelta())


def require_lease_to_judge(user: User, batch: Batch) -> Assignment:
    """As `require_live_lease`, and for `GRACE` after its end too: a vote may be late.

    Whether a late one is taken depends on who else is at the picture: the caller asks that.
    """
    return _require_lease(user, batch, grace=GRACE)


def _require_lease(user: User, batch: Batch, *, grace: dt.timedelta) -> Assignment:
    lease = (
        Assignment.objects.select_related("batch")
        .filter(
            batch=batch,
            volunteer=user,
            returned_at=None,
            volunteer__memberships__project=batch.subject.project_id,
        )
        .first()
    )
    if lease is None:
        require(user, VIEW, batch.subject.project)
        raise _not_held(user, batch)
    if lease.batch.closed_at is not None:
        raise BatchClosed(
            _("The organiser has closed this batch. Your votes so far are kept."),
            batch=batch.number,
        )
    if lease.leased_until + grace <= timezone.now():
        raise too_late(batch_number=batch.number, leased_until=lease.leased_until)
    return lease


def too_late(*, batch_number: int, leased_until: dt.datetime) -> LeaseExpired:
    """What is said of a vote that comes after the end of its lease and is not taken."""
    return LeaseExpired(
        _(
            "Your lease on this batch has ended. Your votes so far are kept; ask the "
            "organiser for more time to go on."
        ),
        batch=batch_number,
        leased_until=leased_until.isoformat(),
    )


def _not_held(user: User, batch: Batch) -> NotAssigned:
    """That they never had it, or who ended it."""
    had = Assignment.objects.filter(batch=batch, volunteer=user).first()
    words = _("This batch is not assigned to you.")
    if had and had.is_taken_back:
        words = _("The organiser has taken this batch back. Your votes so far are kept.")
    elif had and had.returned_at:
        words = _("You have returned this batch. Your votes are kept.")
    return NotAssigned(words, batch=batch.number)


def access_leased_batch(user: User, batch_id: int) -> tuple[Batch, Assignment]:
    """The batch and the person's live lease on it, while its pictures may be shown.

    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    batch = Batch.objects.select_related("subject__project").filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    lease = require_live_lease(user, batch)
    require_may_be_shown(batch.subject)
    return batch, lease


def require_at_work(user: User, batch_id: int) -> None:
    """Let the person go on looking at a batch's pictures, or say why not any more.

    One query while all is well, since every open desk asks every few seconds.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired or ConsentMissing.
    """
    if not workable_leases(user).filter(batch=batch_id).exists():
        access_leased_batch(user, batch_id)


def find_item(item_id: int) -> BatchItem:
    """An item with its batch and subject. Raises NotFound, also when its image was purged."""
    item = (
        BatchItem.objects.select_related("image", "batch__subject")
        .filter(pk=item_id, image__purged_at=None)
        .first()
    )
    if item is None:
        raise NotFound
    return item


def require_same_picture(item_id: int, sha256: str, seen: str) -> None:
    """Refuse what was said of another picture than the item's, whose SHA-256 this is.

    `seen` is how the SHA-256 of the picture begins that was on the screen, blank if not known.
    Raises OtherPicture.
    """
    if not sha256.startswith(seen):
        raise OtherPicture(
            _("This is not the picture that was on your screen. Open the desk again."),
            item_id=item_id,
        )


def require_key_of_its_own(item_id: int, *, is_its_own: bool) -> None:
    """Refuse an act on an item under the key of an act on another picture. Raises InvalidInput."""
    if not is_its_own:
        raise InvalidInput(
            _("This client key was already used for another image."), item_id=item_id
        )


def access_picture(user: User, subject_id: int, sha256: str) -> Image:
    """The subject's image with those bytes, if `user` may see it: an organiser, or the holder of a
    live lease on its batch, or on one with a picture that is nearly the same.

    Whoever hands out its bytes checks the consent (`serve_derived` does).
    Raises NotFound, NotAllowed, NotAssigned, BatchClosed or LeaseExpired.
    """
    image = (
        Image.objects.select_related("subject__project", "batch_item__batch")
        .filter(subject=subject_id, sha256=sha256, purged_at=None)
        .first()
    )
    if image is None:
        raise NotFound
    item: BatchItem | None = getattr(image, "batch_item", None)
    if item is None:
        if not holds_near(user, image):
            require(user, ORGANISE, image.subject.project)
    elif not user.has_perm(ORGANISE, image.subject.project):
        item.batch.subject = image.subject
        try:
            require_live_lease(user, item.batch)
        except (NotAssigned, BatchClosed, LeaseExpired):
            if not holds_near(user, image):
                raise
    return image


def require_may_be_shown(subject: Subject) -> None:
    """Refuse to show pictures whose subject no longer agrees to it. Raises ConsentMissing."""
    if not is_covered(subject, Act.CURATE):
        raise ConsentMissing(
            _("%(subject)s's pictures are hidden: no consent in force covers “%(act)s”.")
            % {"subject": subject.name, "act": Act.CURATE.label},
            subject=subject.slug,
            act=Act.CURATE.value,
        )
