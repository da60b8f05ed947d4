"""A file that was found in a source, before anybody looked into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from curation.sources.kinds.left_out import is_system_file
from curation.sources.kinds.names import natural_key, storable
from curation.sources.kinds.origin import NOTHING_KNOWN, Origin
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_NAME_LENGTH,
    MAX_PATH_BYTES,
    MAX_SYSTEM_FILES,
    Details,
    Unusable,
)


@dataclass(frozen=True, kw_only=True)
class FilmPlace:
    """Where in a film a picture was."""

    frame: int
    """Counted from 1."""
    milliseconds: int
    """From the film's beginning."""
    scene: int
    """Counted from 1."""


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """One file of a source. Its bytes are read only when somebody asks for them."""

    path: str
    """Path inside the source, with `/`, otherwise exactly as given."""
    size: int
    """Bytes, unpacked."""
    problem: ProblemCode | None = None
    """Why it cannot be read, when that is known without reading it."""
    details: Details = field(default_factory=dict)
    """The numbers or names of that problem."""
    open_bytes: Callable[[], bytes]
    on_disk: Path | None = None
    """Where it lies as a file of its own; None for a member that is unpacked when it is read."""
    raw_name: bytes = b""
    """The name as its pack holds it, where `path` is only one way to read it; else empty."""
    called: str = ""
    """Its own name, where that is not the end of `path`; so of a frame of a film."""
    place: FilmPlace | None = None
    """Of a picture that is a frame of the film at `path`."""

    origin: Callable[[], Origin] = lambda: NOTHING_KNOWN
    """What else is known of where it comes from; asked only for files that come in."""
    known_image: int | None = None
    """Key of the image that came from this very place before; then nothing is read of it."""
    is_all_in: bool = False
    """Of a pack or film far away: whether an earlier import took in all there is in it."""
    fetch: Callable[[], Path] | None = None
    """Brings a pack or film far away onto this machine. Raises as `open_bytes` does."""

    @property
    def name(self) -> str:
        """The file's own name, without the folders."""
        return self.called or self.path.rsplit("/", 1)[-1]

    @property
    def is_known(self) -> bool:
        """Whether it came in from this very place before, so that nothing is read of it."""
        return self.known_image is not None or self.is_all_in

    def read(self) -> bytes:
        """All of its bytes. Raises Unusable, or OSError when the disk is at fault."""
        if is_system_file(self.path):
            raise Unusable(ProblemCode.SYSTEM_FILE)
        if problem := self.problem or self._problem_of_size_or_name():
            raise Unusable(problem, self.details)
        data = self.open_bytes()
        if not data:
            raise Unusable(ProblemCode.EMPTY)
        return data

    @property
    def problem_as_film(self) -> ProblemCode | None:
        """Why it could not be taken in even if it is a film, which may be of any size."""
        return self.problem or self._problem_of_name()

    def _problem_of_size_or_name(self) -> ProblemCode | None:
        if problem := self._problem_of_name():
            return problem
        return ProblemCode.TOO_LARGE if self.size > MAX_FILE_BYTES else None

    def _problem_of_name(self) -> ProblemCode | None:
        if is_system_file(self.path):
            return ProblemCode.SYSTEM_FILE
        if self.path != storable(self.path):
            return ProblemCode.ODD_NAME
        if len(self.name) > MAX_NAME_LENGTH or len(self.path.encode()) > MAX_PATH_BYTES:
            return ProblemCode.NAME_TOO_LONG
        return None


def in_order(files: list[FoundFile]) -> list[FoundFile]:
    """The files in the order that people list them. Raises Unusable when there are too many."""
    if len(files) > MAX_SYSTEM_FILES:
        raise Unusable(ProblemCode.TOO_MANY_FILES)
    if sum(not is_system_file(file.path) for file in files) > MAX_FILES:
        raise Unusable(ProblemCode.TOO_MANY_FILES)
    return sorted(files, key=lambda file: natural_key(file.path))
