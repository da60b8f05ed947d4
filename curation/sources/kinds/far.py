"""Files far away, in a bucket or on the web: pictures are read where they lie, packs and films are
brought into the import's own folder and are then like those that were sent.

A pack is brought before numbers are given, for its members have names; a film when its turn comes,
and goes again after that, so that of many films one at a time lies here. What it is, its beginning
says: a film that is called a pack is watched, and a pack that is called a film, a picture or
nothing is found out when it is read (`turned_up.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from curation import store
from curation.files import put_in_place
from curation.sources.kinds.folder import read_file
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.origin import Origin
from curation.sources.kinds.turned_up import as_picture, turned_up
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.places_known import KnownPlaces, Place
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import MAX_SENT_BYTES, Unusable
from curation.unpacking.formats import format_of_files, is_called_pack, is_read_from_disk
from curation.unpacking.volumes import split_packs

_LOOK_FOR_ROOM_EVERY = 8 * 1024 * 1024


def far_file(
    place: Place,
    *,
    name: str,
    size: int,
    origin: Origin,
    known: KnownPlaces,
    unpacking: Unpacking,
    read: Callable[[], bytes],
    fetch: Callable[[Path], None],
) -> FoundFile:
    """The file at `place`: `read` gives the bytes of a picture, `fetch` writes those of a pack or
    film to a path, whole or not at all. Both raise Unusable, OSError, or an error of botocore.
    """
    before, here = known.get(place), unpacking.place_of(*place)
    file = FoundFile(
        path=place.path,
        called=name,
        size=size,
        problem=ProblemCode.PURGED if before and before.is_purged else None,
        open_bytes=lambda: as_picture(read(), name, here, unpacking),
        origin=lambda: origin,
        known_image=before.image if before and not before.is_purged else None,
        is_all_in=before is not None and before.image is None,
    )
    if is_called_pack(name):
        # Where it lies, `with_packs_fetched` says: of a split one all parts do.
        return replace(file, fetch=partial(_fetched, here, fetch))
    if here.exists():
        return lying_at(file, here)
    if is_read_from_disk(name):
        return replace(file, fetch=lambda: _fetched_film(name, _fetched(here, fetch), unpacking))
    return file


def _fetched(here: Path, fetch: Callable[[Path], None]) -> Path:
    if not here.exists():
        fetch(here)
    return here


def _fetched_film(name: str, here: Path, unpacking: Unpacking) -> Path:
    """Where it lies; Unusable is raised for a pack that is called a film, which stays there."""
    if format_of_files(name, [here]) is not None:
        raise turned_up(unpacking)
    return here


def lying_at(file: FoundFile, path: Path) -> FoundFile:
    """The same file, now that it lies on this machine."""
    return replace(
        file,
        on_disk=path,
        size=path.stat().st_size,
        open_bytes=partial(read_file, path),
        is_all_in=False,
        fetch=None,
    )


def with_packs_fetched(files: Sequence[FoundFile]) -> list[FoundFile]:
    """The files; those that are called packs lie on this machine, but for those all of which is in.

    Of a split pack all parts do, or none. What is still to be fetched then are films.
    Raises OSError, or an error of botocore, when the machine is in trouble.
    """
    packs = {file.path: file for file in files if file.fetch and is_called_pack(file.name)}
    wanted = {path for path, file in packs.items() if not file.is_known}
    for split in split_packs(list(packs)):
        if not wanted.isdisjoint(split.parts):
            wanted.update(split.parts)
    return [_with_fetched(file) if file.path in wanted else _at_rest(file) for file in files]


def _with_fetched(file: FoundFile) -> FoundFile:
    try:
        return lying_at(file, file.fetch()) if file.fetch else file
    except Unusable as unusable:
        return replace(file, problem=unusable.problem, details=unusable.details, fetch=None)


def _at_rest(file: FoundFile) -> FoundFile:
    return replace(file, fetch=None) if file.is_known or file.problem else file


class Arrival:
    """A file on its way here: under another name until all of it is there."""

    def __init__(self, place: Path, *, goes_on: bool = False) -> None:
        """`goes_on` keeps what an attempt that was killed has fetched of it."""
        place.parent.mkdir(parents=True, exist_ok=True)
        self._place, self._partial = place, place.with_name(f"{place.name}.partial")
        self._file = self._partial.open("ab" if goes_on else "wb")
        self.size = self._file.tell()
        self._room_until = self.size

    def add(self, piece: bytes) -> None:
        """The next bytes. Raises DiskFull, and Unusable for more than a file may have."""
        self.size += len(piece)
        if self.size > MAX_SENT_BYTES:
            raise Unusable(ProblemCode.TOO_LARGE_TO_FETCH)
        if self.size > self._room_until:
            store.require_room(_LOOK_FOR_ROOM_EVERY)
            self._room_until = self.size + _LOOK_FOR_ROOM_EVERY
        self._file.write(piece)

    def close(self) -> None:
        """Let go of it; what has come of it stays."""
        self._file.close()

    def finish(self) -> None:
        """All of it is there: give it its name."""
        self._file.close()
        put_in_place(self._partial, self._place)
