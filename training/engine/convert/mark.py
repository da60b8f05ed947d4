"""Publishes an output under its final name only once it is marked as generated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.files import needing_room, put_in_place
from training.engine.convert.working_folder import working_folder
from training.engine.credentials.certificates import Credentials
from training.engine.credentials.provenance import sign
from training.engine.errors import NotMarked
from training.engine.marks.aigc import KEY, new_key, picture_carries
from training.engine.marks.aigc_in_films import film_carries


@dataclass(frozen=True, slots=True)
class Draft:
    """An output that is being written."""

    path: Path
    """Where to write it for now."""
    key: str
    """The `AIGC` key that it must carry."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Signs outputs with the credentials and the facts of one conversion."""

    credentials: Credentials
    facts: dict[str, Any]

    @contextmanager
    def marked(self, path: Path) -> Iterator[Draft]:
        """Yields a draft to write; `path` appears at the end, signed.

        Raises NotMarked, leaving no file, when it has no `AIGC` key or cannot be signed, or
        DiskFull.
        """
        with needing_room(path), working_folder(path.parent) as folder:
            unsigned, signed = (folder / f"{name}{path.suffix}" for name in ("unsigned", "signed"))
            draft = Draft(unsigned, new_key())
            yield draft
            sign(unsigned, signed, credentials=self.credentials, facts=self.facts)
            # Read from what leaves: signing has written the file anew.
            if not carries(signed, draft.key):
                raise NotMarked(f"{path} lost its {KEY} key, so it was not written.")
            put_in_place(signed, path)


def carries(path: Path, key: str) -> bool:
    """Whether the picture or film at `path` has that `AIGC` key in it."""
    return picture_carries(path, key) or film_carries(path, key)
