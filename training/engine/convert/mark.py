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


@dataclass(frozen=True, slots=True)
class Marker:
    """Signs outputs with the credentials and the facts of one conversion."""

    credentials: Credentials
    facts: dict[str, Any]

    @contextmanager
    def marked(self, path: Path) -> Iterator[Path]:
        """Yields a temporary path to write to; `path` appears at the end, signed.

        Raises NotMarked, leaving no file, when it cannot be signed, or DiskFull.
        """
        with needing_room(path), working_folder(path.parent) as folder:
            unsigned, signed = (folder / f"{name}{path.suffix}" for name in ("unsigned", "signed"))
            yield unsigned
            sign(unsigned, signed, credentials=self.credentials, facts=self.facts)
            put_in_place(signed, path)
