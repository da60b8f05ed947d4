"""Use case: a volunteer takes the pictures that wait for them along, as one zip.

It holds the pictures without their metadata (ADR 14), not the smaller copies of the desk: whether
one is sharp must be seen without the site as well as with it, and every program opens them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic
from zlib import crc32

from django.db import close_old_connections
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.batches.access import access_leased_batch, require_at_work
from curation.batches.models import Assignment, Batch
from curation.images.bare_copies import make_bare_copy
from curation.manual.models import ManualReason
from curation.manual.selectors import current_reasons, current_version
from curation.packs.errors import NothingToTake, PictureMissing
from curation.packs.names import (
    LATER_FOLDER,
    README_NAMES,
    UNSURE_FOLDER,
    file_name,
    folder_name,
)
from curation.packs.readme import readme_of
from curation.packs.slip import SLIP_NAME, Handed, Slip, written
from curation.projects import log
from curation.projects.models import User
from curation.streamed_zip import zip_in_pieces
from curation.vision.decode import Unreadable
from curation.votes.desk import DeskItem, desk_items
from curation.votes.plan_gold import plan_gold

SECONDS_BETWEEN_QUESTIONS = 3.0
"""How often it is asked whether the pack may go on."""
_ASKED_AT_ONCE = 8
_SUFFIXES = {"JPEG": "jpg", "TIFF": "tif", "HEIF": "heic"}


def take_pack(*, batch: Batch, person: User) -> Iterator[bytes]:
    """The zip of the pictures that wait for the person, piece by piece, one picture at a time.

    It breaks off when the right to the pictures ends on the way. Before its first byte it raises
    NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing, NothingToTake, PictureMissing.
    """
    held, lease = access_leased_batch(person, batch.pk)
    items = items_to_take(held, lease, person)
    if not items:
        raise NothingToTake(_("No picture of this batch waits for you."), batch=held.number)
    for item in items:
        _make_bare_copy(item)
    _require_whole(items)
    log.record(
        "pack.take",
        actor=person,
        project=held.subject.project,
        target=held,
        pictures=len(items),
    )
    slip = new_slip(held, lease, items, is_anew=False)
    reasons = current_reasons(held.subject.project)
    pieces = zip_in_pieces(_members(items, slip, held, person, reasons))
    return _while_at_work(pieces, person, held.pk)


def items_to_take(batch: Batch, lease: Assignment, person: User) -> list[DeskItem]:
    """What waits on the person's desk, in its order.

    It is the whole desk, hidden gold too, and is laid down here if the desk was never opened:
    a pack that held less than the desk would tell which is gold.
    """
    plan_gold(batch=batch, lease=lease, person=person)
    return [each for each in desk_items(batch, person) if each.is_open and each.mine is None]


def new_slip(batch: Batch, lease: Assignment, items: Sequence[DeskItem], *, is_anew: bool) -> Slip:
    """The slip of a pack with these pictures, whose files it does not know yet.

    Their numbers are places on the desk: an image's own number would tell of hidden gold.
    """
    return Slip(
        lease_id=lease.pk,
        person_id=lease.volunteer_id,
        batch_id=batch.pk,
        manual=current_version(batch.subject.project),
        is_anew=is_anew,
        files=dict.fromkeys(each.position for each in items),
        taken={each.position: each.item_id for each in items},
    )


def slip_file(slip: Slip, batch: Batch, person: User) -> bytes:
    """The slip as a file."""
    about = {"subject": batch.subject.name, "batch": batch.number, "for": str(person)}
    return written(slip, about=about)


def _members(
    items: Sequence[DeskItem],
    slip: Slip,
    batch: Batch,
    person: User,
    reasons: Sequence[ManualReason],
) -> Iterator[tuple[str, bytes]]:
    """The pictures first and the slip last, which tells what they were."""
    top = f"{batch.subject.slug}-batch-{batch.number}"
    readme = readme_of(batch=batch, reasons=reasons, num=len(items))
    for name, text in zip(README_NAMES, readme, strict=True):
        yield f"{top}/{name}", text
    for folder in (*map(folder_name, reasons), UNSURE_FOLDER, LATER_FOLDER):
        yield f"{top}/{folder}/", b""
    handed: dict[int, Handed | None] = {}
    for item in items:
        image = item.image
        data = store.get(image.bare_sha256)
        handed[item.position] = Handed(len(data), crc32(data))
        suffix = _SUFFIXES.get(image.bare_format, image.bare_format.lower())
        yield f"{top}/{file_name(item.position, suffix)}", data
    whole = replace(slip, files=handed)
    yield f"{top}/{SLIP_NAME}", slip_file(whole, batch, person)


def _make_bare_copy(item: DeskItem) -> None:
    if not item.image.bare_sha256:
        try:
            make_bare_copy(item.image)
        except (FileNotFoundError, Unreadable) as error:
            raise _missing(item) from error
        item.image.refresh_from_db()


def _require_whole(items: Sequence[DeskItem]) -> None:
    """Refuse a pack that would break off in the middle."""
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:  # a bucket answers each after a while
        sizes = pool.map(store.size_of, [item.image.bare_sha256 for item in items])
        for item, size in zip(items, sizes, strict=True):
            if size != item.image.bare_size_bytes:
                raise _missing(item)


def _missing(item: DeskItem) -> PictureMissing:
    """Called as on the desk: the number of gold would tell of it."""
    return PictureMissing(
        _("The file of picture %(number)d is missing or damaged. Tell an organiser.")
        % {"number": item.position},
        number=item.position,
    )


def _while_at_work(pieces: Iterator[bytes], person: User, batch_id: int) -> Iterator[bytes]:
    """The pieces, as long as the person's desk opens; asked now and then."""
    asked_at = monotonic()
    for piece in pieces:
        if monotonic() - asked_at >= SECONDS_BETWEEN_QUESTIONS:
            try:
                require_at_work(User.objects.get(pk=person.pk, is_active=True), batch_id)
            finally:
                close_old_connections()  # the pieces are made outside of any request
            asked_at = monotonic()
        yield piece
