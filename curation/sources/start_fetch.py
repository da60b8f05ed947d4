"""Start to import what lies far away: in a bucket, or at addresses on the web."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput, Refused
from curation.projects.models import User
from curation.sources.add_source import add_source
from curation.sources.film_settings import DEFAULT, FilmSettings
from curation.sources.kinds.bucket import address_of
from curation.sources.kinds.upload import new_upload
from curation.sources.kinds.url_list import Listed, OddList, read_list
from curation.sources.models import ImportRun, SourceKind
from curation.sources.start_import import start_import
from curation.subjects.models import Subject

MAX_KEY_BYTES = 1024
"""Of S3."""


class NotFetchedHere(Refused):
    """The server's administrator has not allowed to fetch this."""

    code, status = "not_fetched_here", 403


@transaction.atomic
def start_bucket_import(
    *,
    subject: Subject,
    label: str,
    licence_note: str,
    bucket: str,
    prefix: str,
    actor: User,
    films: FilmSettings = DEFAULT,
) -> ImportRun:
    """Have a worker import what lies under a prefix of a bucket, soon; of films what `films` says.

    Only buckets that the installation names: the server's own key may open others, such as the one
    that all projects' pictures are kept in.
    Raises NotFound, NotAllowed, InvalidInput, ConsentMissing, NotFetchedHere.
    """
    if bucket not in settings.IMPORT_S3_BUCKETS:
        raise NotFetchedHere(
            _("Pictures may not be imported from this bucket. Ask for it in IMPORT_S3_BUCKETS.")
        )
    if len(prefix.encode()) > MAX_KEY_BYTES:
        raise InvalidInput(_("The prefix is longer than any key can be."))
    source = add_source(subject=subject, label=label, licence_note=licence_note, actor=actor)
    address = address_of(bucket, prefix)
    return start_import(
        source=source,
        kind=SourceKind.S3,
        path=address,
        given_as=address,
        actor=actor,
        films=films,
    )


def start_web_import(
    *,
    subject: Subject,
    label: str,
    licence_note: str,
    listed: bytes,
    name: str,
    actor: User,
    films: FilmSettings = DEFAULT,
) -> ImportRun:
    """Have a worker fetch the addresses of a list, soon; of films what `films` says. `name` is what
    the list is called, if anything; else the import is called by its first address.

    The list lies in the waiting room until the import has ended, for whoever goes on with it.
    Raises NotFound, NotAllowed, InvalidInput, ConsentMissing, NotFetchedHere.
    """
    if not settings.IMPORT_URLS:
        raise NotFetchedHere(
            _("This server does not fetch pictures from the web. Ask for it with IMPORT_URLS.")
        )
    addresses = require_list(listed)
    upload = new_upload()
    try:
        list_file = upload.folder / "addresses"
        list_file.write_bytes(listed)
        with transaction.atomic():
            source = add_source(
                subject=subject, label=label, licence_note=licence_note, actor=actor
            )
            return start_import(
                source=source,
                kind=SourceKind.URLS,
                path=list_file,
                given_as=name or _called(addresses),
                actor=actor,
                films=films,
            )
    except BaseException:
        upload.discard()
        raise


def _called(addresses: list[Listed]) -> str:
    """The first address, and how many more there are."""
    first, others = addresses[0].url[:200], len(addresses) - 1
    return f"{first} + {others}" if others else first


def require_list(listed: bytes) -> list[Listed]:
    """The addresses of a list. Raises InvalidInput when it cannot be used."""
    try:
        addresses = read_list(listed)
    except OddList as odd:
        if odd.has_password:
            text = _("Line %(line)d holds a name or password before @. Take it out.")
        elif odd.line:
            text = _("The list cannot be read from line %(line)d on, or is too long.")
        else:
            text = _("This is no list: save it as text or CSV, of at most 16 MB.")
        raise InvalidInput(text % {"line": odd.line}) from odd
    if not addresses:
        raise InvalidInput(_("There is no address in the list."))
    return addresses
