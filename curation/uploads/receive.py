"""Use case: add the next bytes of a file to what has arrived of it."""

from __future__ import annotations

import fcntl
import os
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from curation import store
from curation.errors import Conflict, InvalidInput, Refused
from curation.files import needing_room
from curation.subjects.gate import ConsentMissing, is_covered
from curation.subjects.models import Act
from curation.uploads.access import UploadGone
from curation.uploads.models import ArrivingFile


class OtherOffset(Conflict):
    """The bytes do not begin where those that have arrived end."""

    code = "other_offset"

    def __init__(self, received: int) -> None:
        super().__init__(
            _("Other bytes of this file are wanted than those that were sent."), received=received
        )


class StillArriving(Refused):
    """Another request is writing to this file; its connection may be dead and not know it."""

    code, status = "still_arriving", 423

    def __init__(self) -> None:
        super().__init__(_("This file is just arriving on another connection."))


def receive(*, file: ArrivingFile, offset: int, data: bytes) -> int:
    """Write `data`, which begins at `offset` of the file; how much of it is there now.

    They are on the disk when this returns: neither kill -9 nor a power cut takes them back. When it
    raises, the file is as long as before.
    Raises OtherOffset, StillArriving, InvalidInput, ConsentMissing, UploadGone, DiskFull.
    """
    subject = file.upload.subject
    if not is_covered(subject, Act.CURATE):
        raise ConsentMissing(_("No consent in force covers importing pictures."))
    store.require_room(len(data))
    try:
        descriptor = os.open(file.place, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError as error:  # its folder is gone
        raise UploadGone from error
    with os.fdopen(descriptor, "r+b") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StillArriving from error
        received = os.fstat(descriptor).st_size
        if offset != received:
            raise OtherOffset(received)
        if received + len(data) > file.length:
            raise InvalidInput(_("The file is larger than it was announced to be."))
        _append(place, data, at=received)
    _note_life(file, is_new=received == 0)
    return received + len(data)


def _append(place: BinaryIO, data: bytes, *, at: int) -> None:
    try:
        with needing_room(place.name):  # type: ignore[arg-type]
            place.seek(at)
            place.write(data)
            place.flush()
            os.fsync(place.fileno())
    except BaseException:
        place.truncate(at)
        raise


def _note_life(file: ArrivingFile, *, is_new: bool) -> None:
    """Let the folder say when something arrived last; it goes when that was long ago."""
    folder = os.open(file.upload.folder, os.O_RDONLY)
    try:
        os.utime(folder)
        if is_new:
            os.fsync(folder)
    finally:
        os.close(folder)
