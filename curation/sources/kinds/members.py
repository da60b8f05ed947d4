"""What lies in a pack of any kind, before its names are read and anybody looked into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from curation.sources.problem_codes import ProblemCode


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file of a pack."""

    raw_name: bytes
    """Its path as the pack holds it."""
    text: str | None = None
    """The path, where the pack says how it is written, and says so rightly."""
    backslash_parts: bool = False
    """Whether `\\` stands between folders, as it did on Windows."""
    size: int
    """Bytes, unpacked."""
    checksum: int | None = None
    """CRC-32 of its bytes, where the pack's table says it."""
    problem: ProblemCode | None = None
    chunks: Callable[[], Iterator[bytes]]
    """Its bytes, piece by piece. Raises Unusable, or OSError when the disk is at fault."""
    on_disk: Path | None = None

    def path_from(self, text: str) -> str:
        """The path with `/`, from what its bytes say in some encoding."""
        text = text.split("\x00", 1)[0]
        return text.replace("\\", "/") if self.backslash_parts else text


def leads_out(path: str) -> bool:
    """Whether a path in a pack points outside of it. Nothing is ever written there: it is named."""
    parts = PurePosixPath(path)
    return parts.is_absolute() or ".." in parts.parts or path[1:2] == ":"
