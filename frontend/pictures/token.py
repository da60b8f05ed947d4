"""What an address of a picture says, sealed so that only this site can write or read it.

Sealed with AES-SIV: the same words give the same address, so that browsers keep what they have
got, and who sees an address learns nothing of the picture. The session's cookie is part of the
seal, so in another browser an address opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac


class Shown(IntEnum):
    """What is looked at, and so what right it takes."""

    PICTURE = 1
    """One of the subject's images: for organisers, and holders of a lease on its batch."""
    FACE = 2
    """A portrait, or a look-alike's picture: for members."""
    EXAMPLE = 3
    """An example of the project's manual: for members."""


@dataclass(frozen=True, slots=True)
class Token:
    """Who may look at what, as it stood when the page was made."""

    shown: Shown
    subject_id: int
    person_id: int
    subject_epoch: int
    person_epoch: int
    """Both as they were before the page asked whether the person may look."""
    expires: int
    """Unix seconds; from then on only a full check lets anybody look."""
    sha256: str
    """The picture's bytes as they were imported; a face's served copy."""


_WORDS = struct.Struct(">BIIIII32s")
_KEY_SALT = "frontend.pictures"


def seal(token: Token, session: str) -> str:
    """The token as a part of an address, for the browser that has the cookie `session`."""
    plain = _WORDS.pack(
        token.shown,
        token.subject_id,
        token.person_id,
        token.subject_epoch,
        token.person_epoch,
        token.expires,
        bytes.fromhex(token.sha256),
    )
    sealed = _cipher(settings.SECRET_KEY).encrypt(plain, [_browser(session)])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(text: str, session: str) -> Token | None:
    """What `seal` was given; None for what this site never sealed for that browser."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):  # ValueError: letters that are not ASCII
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            plain = _cipher(secret).decrypt(sealed, [_browser(session)])
            shown, *numbers, digest = _WORDS.unpack(plain)
        except (InvalidTag, ValueError, struct.error):
            continue
        subject_id, person_id, subject_epoch, person_epoch, expires = numbers
        return Token(
            shown=Shown(shown),
            subject_id=subject_id,
            person_id=person_id,
            subject_epoch=subject_epoch,
            person_epoch=person_epoch,
            expires=expires,
            sha256=digest.hex(),
        )
    return None


def _browser(session: str) -> bytes:
    return session.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(salted_hmac(_KEY_SALT, "key", secret=secret, algorithm="sha512").digest())
