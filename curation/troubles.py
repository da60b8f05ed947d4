"""Trouble of the machine, its disk, its database or its store: it passes, and no file is to blame.

What a file is refused for is a verdict on it, and stays. A trouble says nothing of any file: the
work waits and is tried again, for as long as the trouble lasts.
"""

from __future__ import annotations

import errno
import sqlite3

from django.db import InterfaceError, OperationalError, models
from django.utils.translation import gettext_lazy as _

from curation.decoding.process import DecoderUnavailable
from curation.files import NO_ROOM


class Trouble(models.TextChoices):
    """The label is the sentence that people read."""

    DISK_FULL = "disk_full", _("The server's disk is full.")
    READ_ONLY = "read_only", _("The server may not write to its own folders.")
    DATABASE_AWAY = "database_away", _("The database does not answer.")
    STORE_AWAY = "store_away", _("The place where the pictures are kept cannot be reached.")
    MACHINE_BUSY = "machine_busy", _("The server has too much to do.")
    MAIL_AWAY = "mail_away", _("The mail server takes no mails.")


class MailAway(Exception):
    """The mail server did not take a mail, and may take it later."""


_OF_SYSTEM = {
    **dict.fromkeys(NO_ROOM, Trouble.DISK_FULL),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), Trouble.READ_ONLY),
    **dict.fromkeys(
        (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR, errno.EBUSY),
        Trouble.MACHINE_BUSY,
    ),
}

_OF_SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.DISK_FULL,
    **dict.fromkeys(
        (
            *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR),
            *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL),
        ),
        Trouble.DATABASE_AWAY,
    ),
}

_PASSING_IN_S3 = {429, 500, 502, 503, 504}


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that an error comes from; None when it is one that we must mend.

    An OSError that is a file's own fault has become a verdict on that file before it comes here.
    """
    match error:
        case OperationalError() | InterfaceError():
            return _of_database(error)
        case DecoderUnavailable() | MemoryError():
            return Trouble.MACHINE_BUSY
        case MailAway():
            return Trouble.MAIL_AWAY
        case OSError():
            return _OF_SYSTEM.get(error.errno or 0, Trouble.STORE_AWAY)
    return _of_bucket(error)


def _of_database(error: OperationalError | InterfaceError) -> Trouble | None:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest says more exactly what
        return _OF_SQLITE.get(code)
    # PostgreSQL calls what lies beside the statement operational: lost and refused
    # connections, restarts, too many of them, locks that took too long, a full disk.
    is_full = getattr(cause, "sqlstate", None) == "53100"
    return Trouble.DISK_FULL if is_full else Trouble.DATABASE_AWAY


def _of_bucket(error: BaseException) -> Trouble | None:
    """Of S3's client, which is not read in where files are kept: it takes long to."""
    if not type(error).__module__.startswith("botocore"):
        return None
    answer = getattr(error, "response", None)
    if answer is None:  # no answer at all
        return Trouble.STORE_AWAY
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return Trouble.STORE_AWAY if status in _PASSING_IN_S3 else None
