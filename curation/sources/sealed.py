"""Passwords of packs, sealed: whoever reads the database or a backup of it does not read them.

They are kept only because a worker needs them later, and maybe again after it was killed. The key
is made from the site's secret key, and the sealed text goes when the import ends.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

_KEY_SALT = "curation.sources.passwords"


def sealed(passwords: Sequence[str]) -> str:
    """The passwords as one text for the database; blank for none."""
    return _fernet().encrypt(json.dumps(list(passwords)).encode()).decode() if passwords else ""


def opened(text: str) -> list[str]:
    """The passwords that `sealed` wrote; none when the site's key is another one by now."""
    if not text:
        return []
    try:
        passwords: list[str] = json.loads(_fernet().decrypt(text.encode()))
    except InvalidToken:
        return []
    return passwords


def _fernet() -> Fernet:
    key = salted_hmac(_KEY_SALT, "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
