"""Reads pictures, packs and films from the web, at the addresses of a list, one after the other."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from curation.fetching.failures import FetchFailed
from curation.fetching.fetcher import Fetcher, Manners
from curation.fetching.request import Body, Limits
from curation.files import is_passing
from curation.sources.kinds.far import Arrival, far_file
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.names import storable
from curation.sources.kinds.origin import Origin
from curation.sources.kinds.turned_up import is_opened, turned_up
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.kinds.url_list import Listed, OddList, read_list
from curation.sources.places_known import KnownPlaces, Place
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_FILE_BYTES, MAX_NAME_LENGTH, Unusable
from curation.unpacking.formats import HEAD_BYTES

LEAST_BYTES_A_SECOND = 100 * 1024
"""Of a pack or film, on average; of pictures none, for they are small."""


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
        while_waiting=unpacking.while_waiting,
        manners=Manners(
            seconds_apart=settings.IMPORT_URLS_SECONDS_APART,
            loopback_too=settings.IMPORT_URLS_FROM_LOOPBACK,
        ),
    )
    return [_file(each, known, fetcher, unpacking) for each in listed]


def _file(listed: Listed, known: KnownPlaces, fetcher: Fetcher, unpacking: Unpacking) -> FoundFile:
    name = name_at(listed.url)
    return far_file(
        Place(listed.url),
        name=name,
        # Nobody knows before it is here: each is stored before the next is fetched.
        size=MAX_FILE_BYTES,
        origin=Origin(page=listed.page, licence_note=listed.licence_note, note=listed.note),
        known=known,
        unpacking=unpacking,
        read=lambda: _read(fetcher, listed.url, name, unpacking),
        fetch=lambda here: _fetch(fetcher, listed.url, _Arriving(name, here, may_be_picture=False)),
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


def _read(fetcher: Fetcher, url: str, name: str, unpacking: Unpacking) -> bytes:
    """The bytes of a picture. Raises Unusable, and so for a pack or film, which is laid down."""
    body = _Arriving(name, unpacking.place_of(*Place(url)), may_be_picture=True)
    _fetch(fetcher, url, body)
    if body.is_on_disk:
        raise turned_up(unpacking)
    return bytes(body.data)


def _fetch(fetcher: Fetcher, url: str, body: _Arriving) -> None:
    try:
        fetcher.fetch(url, body)
        body.finish()
    except FetchFailed as failure:
        raise Unusable(ProblemCode(failure.why.value)) from failure
    finally:
        body.close()


class _Arriving(Body):
    """What comes from an address: in memory while it may be a picture, else on the disk, where it
    may be larger and take as long as it keeps coming."""

    def __init__(self, name: str, here: Path, *, may_be_picture: bool) -> None:
        super().__init__(MAX_FILE_BYTES)
        self._name, self._here, self._may_be_picture = name, here, may_be_picture
        self._arrival: Arrival | None = None

    @property
    def is_on_disk(self) -> bool:
        return self._arrival is not None

    def begin(self) -> None:
        super().begin()
        self.close()
        self._arrival = None if self._may_be_picture else Arrival(self._here)

    def add(self, piece: bytes) -> None:
        if self._arrival:
            self._arrival.add(piece)
            return
        is_told_now = len(self.data) < HEAD_BYTES <= len(self.data) + len(piece)
        if is_told_now and is_opened(self._name, head := bytes(self.data) + piece):
            self.data.clear()
            self._arrival = Arrival(self._here)
            self._arrival.add(head)
        else:
            super().add(piece)

    def seconds(self, limits: Limits) -> float:
        size = self._arrival.size if self._arrival else 0
        return limits.total_seconds + size / LEAST_BYTES_A_SECOND

    def finish(self) -> None:
        """All of it is there."""
        if self._arrival:
            self._arrival.finish()

    def close(self) -> None:
        if self._arrival:
            self._arrival.close()
