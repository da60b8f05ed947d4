"""Addresses of pictures, as pages give them to one browser."""

from __future__ import annotations

import re

from django.conf import settings
from django.test import Client

from curation.projects.models import User
from curation.subjects.models import Subject
from frontend.pictures.token import Shown, Token, seal, unseal

_ADDRESS = re.compile(r"/pictures/([\w-]+)/([a-z]+\.webp|)")
"""Of one copy, or of the folder of all copies of a picture."""


def cookie_of(client: Client) -> str:
    """The cookie by which the site knows this browser."""
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def addresses_on(page: str) -> list[str]:
    """All addresses of pictures on a page, in order."""
    return [match.group() for match in _ADDRESS.finditer(page)]


def says(client: Client, address: str) -> Token:
    """What an address means in this browser."""
    match = _ADDRESS.search(address)
    assert match, address
    token = unseal(match.group(1), cookie_of(client))
    assert token, "made for another browser"
    return token


def pictures_on(client: Client, page: str) -> list[tuple[str, str]]:
    """Digest and file of each picture on a page that this browser got."""
    return [
        (says(client, address).sha256, address.rsplit("/", 1)[-1]) for address in addresses_on(page)
    ]


def with_plain_addresses(client: Client, page: str) -> str:
    """The page with what its addresses say, which is all that may differ between two sessions."""

    def plain(match: re.Match[str]) -> str:
        token = unseal(match.group(1), cookie_of(client))
        if token is None:
            return match.group()
        return f"/{token.shown.name} {token.subject_id} {token.sha256}/{match.group(2)}"

    return _ADDRESS.sub(plain, page)


def old_address(client: Client, subject: Subject, sha256: str, shown: Shown = Shown.PICTURE) -> str:
    """One that a page once gave this browser and that opens nothing by itself any more."""
    person = User.objects.get(pk=client.session["_auth_user_id"])
    token = Token(
        shown=shown,
        subject_id=subject.pk,
        person_id=person.pk,
        subject_epoch=subject.picture_epoch,
        person_epoch=person.picture_epoch,
        expires=0,
        sha256=sha256,
    )
    file = "thumb.webp" if shown is Shown.PICTURE else "face.webp"
    return f"/pictures/{seal(token, cookie_of(client))}/{file}"
