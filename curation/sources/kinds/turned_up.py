"""Packs and films that are called something else, found out only when they are read as pictures.

They are laid into the import's folder, and the import looks through its files once more: there
they are opened like all others. What came in meanwhile is known by then.
"""

from __future__ import annotations

from pathlib import Path

from curation import store
from curation.files import write_bytes
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from curation.unpacking.formats import HEAD_BYTES, format_of
from curation.vision.beginnings import beginning_of


def is_opened(name: str, head: bytes) -> bool:
    """Whether a file that begins so is a pack or film, whatever it is called."""
    return format_of(name, head[:HEAD_BYTES]) is not None or beginning_of(head) == "film"


def as_picture(data: bytes, name: str, here: Path, unpacking: Unpacking) -> bytes:
    """The bytes, unless they are a pack or film: that is laid down `here`, and Unusable is raised.

    Raises OSError when the machine is in trouble.
    """
    if not is_opened(name, data):
        return data
    store.require_room(len(data))
    here.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(here, data)
    raise turned_up(unpacking)


def turned_up(unpacking: Unpacking) -> Unusable:
    """What to raise once such a file is laid down; the next round says what became of it."""
    unpacking.num_turned_up += 1
    return Unusable(ProblemCode.NOT_A_PICTURE)
