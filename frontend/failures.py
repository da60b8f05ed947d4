"""Errors that are no fault of the code: what they are to the person who asked.

Text that no database keeps, numbers that none holds, and a database that is away for a moment are
refusals like others. All other errors stay errors: they are logged and answered 500.
"""

from __future__ import annotations

from django.db import DataError, InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput, NotFound, Refused
from curation.files import DiskFull
from curation.troubles import Trouble, trouble_of

RETRY_SECONDS = 5
NOT_KEPT = _("This holds a character or a number that cannot be kept.")


class Unavailable(Refused):
    """It cannot be done at this moment; nothing of it was done, and it may be asked for again."""

    code, status = "unavailable", 503

    def __init__(self) -> None:
        super().__init__(
            _("The site cannot reach its data for a moment. Nothing was changed; try again soon.")
        )


class NoRoom(Refused):
    """The disk is full. It may be asked for again when somebody has made room."""

    code, status = "disk_full", 503

    def __init__(self) -> None:
        super().__init__(
            _("The server's disk is full. Nothing was changed; tell whoever looks after the site.")
        )


def refusal_of(error: BaseException) -> Refused | None:
    """The refusal that an error comes to, or None when it is one that we must mend."""
    match error:
        case Refused():
            return error
        case OperationalError() | InterfaceError():
            return _of_database(error)
        case DiskFull():
            return NoRoom()
        case OverflowError() if "SQLite INTEGER" in str(error):
            return NotFound()
        case UnicodeEncodeError() | DataError() | ValueError() if _is_of_text(error):
            return InvalidInput(NOT_KEPT)
    return None


def _is_of_text(error: BaseException) -> bool:
    """Of values that cannot be kept: a plain ValueError is one only where it says so."""
    return isinstance(error, UnicodeEncodeError | DataError) or "NUL (0x00)" in str(error)


def _of_database(error: OperationalError | InterfaceError) -> Refused | None:
    match trouble_of(error):
        case None:
            return None
        case Trouble.DISK_FULL:
            return NoRoom()
        case _:
            return Unavailable()
