"""Refusals: what the product says no to, each a type with a stable code.

A refusal is expected and explains itself; it never means that something broke. The browser
switches on `code`, a person reads `message`, and `context` names the thing that it is about.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Base of all refusals. `message` says what happened and what to do."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, message: str | Promise, **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.context = context

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(Refused):
    """What was given cannot be used; the message says why and what would be."""

    code, status = "invalid_input", 400


class NotAllowed(Refused):
    """The person may know of the thing, but their role does not cover this act."""

    code, status = "not_allowed", 403

    def __init__(self, message: str | Promise | None = None, **context: Any) -> None:
        super().__init__(message or _("Your role in this project does not allow this."), **context)


class NotFound(Refused):
    """It does not exist, or the person may not know that it does."""

    code, status = "not_found", 404

    def __init__(self, message: str | Promise | None = None, **context: Any) -> None:
        super().__init__(message or _("There is nothing here that you may see."), **context)


class Conflict(Refused):
    """The state of things has moved on, so this cannot be done now."""

    code, status = "conflict", 409


class Busy(Refused):
    """The machine has too much to do just now. The same may be asked again as it is."""

    code, status = "busy", 503

    def __init__(self) -> None:
        super().__init__(
            _("The server is busy with other pictures. Nothing was changed; try again in a minute.")
        )
