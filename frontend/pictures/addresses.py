"""Addresses of a subject's pictures, for the person whose page shows them."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from curation.images.derived import Derived
from curation.projects.models import User
from curation.subjects.models import Subject
from frontend.pictures.token import Shown, Token, seal, unseal

PREFIX = "/pictures/"
FACE_FILE = "face.webp"
STEP_SECONDS = 30 * 60
"""Within a step an address stays the same. It opens until the end of the step after."""


class PictureAddresses:
    """Makes addresses of pictures of `subject` for `person`, whose browser sent `request`.

    Both rows must have been read before it was asked whether the person may look: their epochs are
    sealed into the addresses, so that what is taken away in between ends them.
    """

    def __init__(
        self,
        request: HttpRequest,
        person: User,
        subject: Subject,
        *,
        until: dt.datetime | None = None,
    ) -> None:
        """`until` is the end of the lease by which the person may look, if it is by one."""
        now = timezone.now()
        ends = [_end_of_next_step(now), _next_midnight(now, subject.project.time_zone)]
        self._expires = int(min([*ends, *([until] if until else [])]).timestamp())
        self._session = _session_of(request)
        self._person = person
        self._subject = subject

    def picture(self, sha256: str, kind: Derived) -> str:
        """Of a smaller copy of the subject's image with those bytes."""
        return f"{self.folder(sha256)}{kind.value}"

    def folder(self, sha256: str) -> str:
        """Of all smaller copies of that image: the name of a kind completes it."""
        return f"{PREFIX}{self._sealed(Shown.PICTURE, sha256)}/"

    def face(self, sha256: str) -> str:
        """Of a portrait of the subject, or of a look-alike's picture."""
        return f"{PREFIX}{self._sealed(Shown.FACE, sha256)}/{FACE_FILE}"

    def example(self, sha256: str) -> str:
        """Of an example of the manual that shows the subject."""
        return f"{PREFIX}{self._sealed(Shown.EXAMPLE, sha256)}/{FACE_FILE}"

    def _sealed(self, shown: Shown, sha256: str) -> str:
        token = Token(
            shown=shown,
            subject_id=self._subject.pk,
            person_id=self._person.pk,
            subject_epoch=self._subject.picture_epoch,
            person_epoch=self._person.picture_epoch,
            expires=self._expires,
            sha256=sha256,
        )
        return seal(token, self._session)


def token_in(request: HttpRequest, text: str) -> Token | None:
    """What a part of an address, made for this same browser, says; None for any other."""
    session = _session_of(request)
    return unseal(text, session) if session else None


def _session_of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def _end_of_next_step(now: dt.datetime) -> dt.datetime:
    step = int(now.timestamp()) // STEP_SECONDS
    return dt.datetime.fromtimestamp((step + 2) * STEP_SECONDS, tz=dt.UTC)


def _next_midnight(now: dt.datetime, zone: str) -> dt.datetime:
    """When the project's day ends, and with it maybe a consent."""
    here = ZoneInfo(zone)
    tomorrow = now.astimezone(here).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), tzinfo=here)
