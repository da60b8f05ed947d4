"""Gives an output its final name only once it is marked as generated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.engine.durable import whole_file
from training.engine.provenance import Credentials, sign


@dataclass(frozen=True, slots=True)
class Marker:
    """Signs outputs with the credentials and the facts of one conversion."""

    credentials: Credentials
    told: dict[str, Any]

    @contextmanager
    def marked(self, path: Path) -> Iterator[Path]:
        """Give a partial name to write to; `path` appears at the end, signed.

        Raises NotMarked, leaving nothing, when it cannot be signed.
        """
        with whole_file(path) as signed:
            unsigned = signed.with_name(f".unsigned{signed.name}")
            try:
                yield unsigned
                sign(unsigned, signed, credentials=self.credentials, told=self.told)
            finally:
                unsigned.unlink(missing_ok=True)
