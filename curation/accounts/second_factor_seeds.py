"""Second factors: their seeds lie encrypted in the database, under the site's secret key.

Who reads the database alone, or a backup of it, cannot sign in as anybody.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

_PURPOSE = b"winnow second factor seeds\0"


class EncryptingAdapter(DefaultMFAAdapter):
    """Encrypts under `SECRET_KEY`; decrypts what any of `SECRET_KEY_FALLBACKS` encrypted too."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _keys().decrypt(encrypted_text).decode()
        except InvalidToken:
            # The secret key was changed and the old one is gone. No code may fit then, so the
            # seed is one that nobody has; a fixed one would be known to everybody.
            logger.error("a second factor cannot be read: is its key in SECRET_KEY_FALLBACKS?")
            return base64.b32encode(os.urandom(20)).decode()


@transaction.atomic
def reencrypt_seeds() -> int:
    """Encrypt every seed under today's `SECRET_KEY`, after which fallbacks can go.

    Returns how many people's factors were. Raises InvalidToken, changing nothing, when the key of
    one is missing.
    """
    keys = _keys()
    rows = Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN)
    for row in rows:
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = keys.rotate(row.data[name]).decode()
        row.save(update_fields=["data"])
    return len(rows)


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    """A key for this purpose alone. The secret key is long and random, so one hash is enough."""
    return base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + secret.encode()).digest())
