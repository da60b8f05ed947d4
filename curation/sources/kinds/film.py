"""Films among the files of a source."""

from __future__ import annotations

from pathlib import Path

from curation.files import is_passing
from curation.sources.kinds.folder import read_file
from curation.sources.kinds.found import FoundFile
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from curation.vision.beginnings import FIRST_BYTES, beginning_of


def film_file(path: Path) -> list[FoundFile]:
    """The one film at `path`. Raises Unusable when it is gone."""
    try:
        size = path.stat().st_size
    except OSError as error:
        if is_passing(error):
            raise
        raise Unusable(ProblemCode.GONE) from error
    return [FoundFile(path=path.name, size=size, open_bytes=lambda: read_file(path), on_disk=path)]


def is_film(file: FoundFile) -> bool:
    """Whether its beginning, not its name, says that it is a film. Raises OSError when the disk is
    at fault.
    """
    return file.on_disk is not None and not file.problem_as_film and begins_as_film(file.on_disk)


def begins_as_film(path: Path) -> bool:
    """Whether the file at `path` is a film; False for one that cannot be read."""
    try:
        with path.open("rb") as opened:
            return beginning_of(opened.read(FIRST_BYTES)) == "film"
    except OSError as error:
        if is_passing(error):
            raise
        return False
