"""The link in each mail that ends the mails, also for whoever is signed out."""

from __future__ import annotations

from django.core import signing

from curation.errors import NotFound

SALT = "curation.notices.stop"


def stop_token(person_id: int) -> str:
    """What only the site can make, and only its mails tell."""
    return signing.dumps(person_id, salt=SALT)


def whose_token(token: str) -> int:
    """The key of the person whose mails it ends. Raises NotFound."""
    try:
        person_id: int = signing.loads(token, salt=SALT)
    except signing.BadSignature as problem:
        raise NotFound from problem
    return person_id
