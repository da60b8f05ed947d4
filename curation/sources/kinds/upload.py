"""Where uploads wait until they are imported: `DATA_DIR/incoming`, one folder an upload.

The files lie under plain numbers beside an index with the names that the browser gave, so that no
name, however odd or long, ever touches the file system.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from curation.files import write_bytes
from curation.sources.kinds.folder import read_file
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable

INDEX = "index.jsonl"


def incoming() -> Path:
    """The folder that holds all waiting uploads."""
    return Path(settings.DATA_DIR) / "incoming"


@dataclass(frozen=True)
class SentFile:
    """A file of an upload: under which plain name it lies, and what the browser called it."""

    file: str
    path: str
    size: int | None = None
    """Bytes that it has when it is whole, where that was announced."""


@dataclass
class Upload:
    """One upload on its way in: files are added as they arrive, then it is kept or discarded."""

    folder: Path
    files: list[SentFile] = field(default_factory=list)

    def add(self, name: str) -> BinaryIO:
        """A file to write the bytes of the next upload to, noted under `name`."""
        sent = SentFile(file=f"{len(self.files) + 1:06d}", path=name)
        self.files.append(sent)
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(_line(sent))
        return (self.folder / sent.file).open("wb")

    def list_anew(self, files: Sequence[SentFile], *, index: str = INDEX) -> Path:
        """Write an index of these files, whole or not at all; it can be imported by itself."""
        path = self.folder / index
        write_bytes(path, "".join(_line(file) for file in files).encode())
        return path

    @property
    def names(self) -> list[str]:
        return [file.path for file in self.files]

    def discard(self) -> None:
        """Remove all of it."""
        remove(self.folder)


def new_upload() -> Upload:
    """An empty upload with a folder of its own."""
    folder = incoming() / secrets.token_hex(16)
    folder.mkdir(parents=True)
    return Upload(folder)


def _line(file: SentFile) -> str:
    return json.dumps(asdict(file), ensure_ascii=False) + "\n"


def files_in_upload(path: Path) -> list[FoundFile]:
    """The uploaded files under the names that the browser gave, in natural order: those of the
    folder `path`, or those that the index `path` lists.

    Raises Unusable when they are gone.
    """
    folder, index_path = (path, path / INDEX) if path.is_dir() else (path.parent, path)
    try:
        index = index_path.read_text(encoding="utf-8")
    except OSError as error:
        raise Unusable(ProblemCode.GONE) from error
    # Not splitlines(): a name may hold any of the characters that it would split at.
    entries = [json.loads(line) for line in index.split("\n") if line]
    return in_order([_file_in_upload(folder, e) for e in entries])


def _file_in_upload(folder: Path, entry: dict[str, Any]) -> FoundFile:
    file = folder / entry["file"]
    try:
        size = file.stat().st_size
    except OSError:
        size = 0
    announced = entry.get("size")
    return FoundFile(
        path=entry["path"],
        size=size,
        problem=ProblemCode.INCOMPLETE if announced not in (None, size) else None,
        open_bytes=partial(read_file, file),
        on_disk=file,
    )


def is_incoming(path: str) -> bool:
    """Whether `path` lies in our own waiting room, so that it is ours to remove."""
    return Path(path).is_relative_to(incoming())


def remove(path: Path) -> None:
    """Remove an upload: `path` is its folder or a file in it. Anything else is left alone."""
    if path.is_relative_to(incoming()) and path != incoming():
        shutil.rmtree(incoming() / path.relative_to(incoming()).parts[0], ignore_errors=True)
