"""Use case: say which file comes next, or find how far it came before."""

from __future__ import annotations

import hashlib

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from curation import store
from curation.errors import InvalidInput, Refused
from curation.sources.kinds.names import storable
from curation.sources.problems import MAX_FILES, MAX_SENT_BYTES
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.uploads.models import ArrivingFile, OpenUpload

MAX_PERSON_BYTES = 128 * 1024**3
"""Of all files that one person has announced and not imported yet."""


class TooMuch(Refused):
    """The file, or all that the person sends at the same time, is larger than allowed."""

    code, status = "too_much", 413


@transaction.atomic
def announce_file(*, upload: OpenUpload, path: str, length: int, changed: str) -> ArrivingFile:
    """The file called `path`, of so many bytes, that was `changed` at that time, if anybody knows.

    Announcing it again gives the same file with what has arrived of it.
    Raises InvalidInput, TooMuch, ConsentMissing, DiskFull.
    """
    path, changed = storable(path.replace("\x00", "")).lstrip("/"), changed.replace("\x00", "")[:32]
    if not path:
        raise InvalidInput(_("The file has no name."))
    if length > MAX_SENT_BYTES:
        raise TooMuch(_("A file may have 32 GB at most."))
    key = hashlib.sha256(f"{path}\n{length}\n{changed}".encode()).hexdigest()
    known = upload.files.filter(key=key).first()
    if known is not None:
        return known
    require_consent(upload.subject, Act.CURATE)
    store.require_room(length)
    _require_allowance(upload, length)
    return upload.files.create(key=key, path=path, length=length, changed=changed)


def _require_allowance(upload: OpenUpload, length: int) -> None:
    if upload.files.count() >= MAX_FILES:
        raise TooMuch(_("An upload takes 50,000 files. Import these first."))
    waiting = ArrivingFile.objects.filter(upload__person=upload.person)
    announced = waiting.aggregate(sum=Sum("length"))["sum"] or 0
    if announced + length > MAX_PERSON_BYTES:
        raise TooMuch(
            _("You have 128 GB on their way already. Import or discard what has arrived first.")
        )
