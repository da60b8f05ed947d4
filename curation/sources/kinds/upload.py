"""Where uploads wait until they are imported: `DATA_DIR/incoming`, one folder an upload.

The files lie under plain numbers beside an index with the names that the browser gave, so that no
name, however odd or long, ever touches the file system.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from curation.sources.kinds.folder import read_file
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.problems import ProblemCode, Unusable

INDEX = "index.jsonl"


def incoming() -> Path:
    """The folder that holds all waiting uploads."""
    return Path(settings.DATA_DIR) / "incoming"


@dataclass
class Upload:
    """One upload on its way in: files are added as they arrive, then it is kept or discarded."""

    folder: Path
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> BinaryIO:
        """A file to write the bytes of the next upload to, noted under `name`."""
        self.names.append(name)
        line = json.dumps({"file": _numbered(len(self.names)), "path": name}, ensure_ascii=False)
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(line + "\n")
        return (self.folder / _numbered(len(self.names))).open("wb")

    def discard(self) -> None:
        """Remove all of it."""
        remove(self.folder)


def new_upload() -> Upload:
    """An empty upload with a folder of its own."""
    folder = incoming() / secrets.token_hex(16)
    folder.mkdir(parents=True)
    return Upload(folder)


def _numbered(position: int) -> str:
    return f"{position:06d}"


def files_in_upload(folder: Path) -> list[FoundFile]:
    """The uploaded files under the names that the browser gave, in natural order.

    Raises Unusable when they are gone.
    """
    try:
        index = (folder / INDEX).read_text(encoding="utf-8")
    except OSError as error:
        raise Unusable(ProblemCode.GONE) from error
    # Not splitlines(): a name may hold any of the characters that it would split at.
    entries = [json.loads(line) for line in index.split("\n") if line]
    return in_order([_file_in_upload(folder, e) for e in entries])


def _file_in_upload(folder: Path, entry: dict[str, str]) -> FoundFile:
    file = folder / entry["file"]
    try:
        size = file.stat().st_size
    except OSError:
        size = 0
    return FoundFile(
        path=entry["path"], size=size, open_bytes=partial(read_file, file), on_disk=file
    )


def is_incoming(path: str) -> bool:
    """Whether `path` lies in our own waiting room, so that it is ours to remove."""
    return Path(path).is_relative_to(incoming())


def remove(path: Path) -> None:
    """Remove an upload: `path` is its folder or a file in it. Anything else is left alone."""
    if path.is_relative_to(incoming()) and path != incoming():
        shutil.rmtree(incoming() / path.relative_to(incoming()).parts[0], ignore_errors=True)
