"""Where a command is to write: made and tried before the work, not after hours of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from curation.files import NO_ROOM, DiskFull
from training.engine.errors import OutputUnusable
from training.engine.phrasing import reason_of


def make_folder(folder: Path) -> None:
    """Make a folder, unless it is there, and see that files can be written into it.

    Raises OutputUnusable or DiskFull.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(folder) from error
        raise OutputUnusable(
            f"Nothing can be written into {folder}: {_reason(folder, error)}. Name another place.",
            folder=str(folder),
        ) from error


def _reason(folder: Path, error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        for path in (folder, *folder.parents):
            if path.is_file():
                return f"{path} is a file"
    return reason_of(error)
