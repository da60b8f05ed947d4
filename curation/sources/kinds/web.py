"""Reads pictures from the web, at the addresses of a list, one after the other."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from curation.fetching.failures import FetchFailed
from curation.fetching.fetcher import Fetcher, Manners
from curation.fetching.request import Limits
from curation.files import is_passing
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.names import storable
from curation.sources.kinds.origin import Origin
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.kinds.url_list import Listed, OddList, read_list
from curation.sources.places_known import KnownPlaces, Place
from curation.sources.problems import MAX_FILE_BYTES, MAX_NAME_LENGTH, ProblemCode, Unusable


def files_on_the_web(listed_in: Path, known: KnownPlaces, unpacking: Unpacking) -> list[FoundFile]:
    """The files at the addresses of a list, in its order; known ones are not fetched again.

    Raises Unusable when the list is gone or none, and OSError when the disk is at fault.
    """
    try:
        listed = read_list(listed_in.read_bytes())
    except OSError as error:
        if is_passing(error):
            raise
        raise Unusable(ProblemCode.GONE) from error
    except OddList as error:
        raise Unusable(ProblemCode.ODD_LIST) from error
    fetcher = Fetcher(
        folder=Path(settings.DATA_DIR) / "hosts",
        limits=Limits(max_bytes=MAX_FILE_BYTES),
        while_waiting=unpacking.while_waiting,
        manners=Manners(
            seconds_apart=settings.IMPORT_URLS_SECONDS_APART,
            loopback_too=settings.IMPORT_URLS_FROM_LOOPBACK,
        ),
    )
    return [_file(each, known, fetcher) for each in listed]


def _file(listed: Listed, known: KnownPlaces, fetcher: Fetcher) -> FoundFile:
    image = known.get(Place(listed.url))
    origin = Origin(page=listed.page, licence_note=listed.licence_note, note=listed.note)
    return FoundFile(
        path=listed.url,
        called=name_at(listed.url),
        # Nobody knows before it is here: each is stored before the next is fetched.
        size=MAX_FILE_BYTES,
        problem=ProblemCode.PURGED if image and image.is_purged else None,
        open_bytes=partial(_fetch, fetcher, listed.url),
        origin=lambda: origin,
        known_image=image.key if image and not image.is_purged else None,
    )


def name_at(url: str) -> str:
    """What a file at an address is called: the end of its path, else the name of the site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "odd"
    name = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]).replace("/", "_")
    name = "".join(letter for letter in storable(name) if letter.isprintable())
    name = name or parts.hostname or "odd"
    stem, dot, suffix = name.rpartition(".")
    too_many = len(name) - MAX_NAME_LENGTH
    if too_many <= 0:
        return name
    return f"{stem[:-too_many]}{dot}{suffix}" if len(stem) > too_many else name[:MAX_NAME_LENGTH]


def _fetch(fetcher: Fetcher, url: str) -> bytes:
    try:
        return fetcher.fetch(url)
    except FetchFailed as failure:
        raise Unusable(ProblemCode(failure.why.value)) from failure
