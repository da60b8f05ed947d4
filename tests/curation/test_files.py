"""A folder appears whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from curation.files import DiskFull, whole_folder


def test_a_filled_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "old").touch()
    (tmp_path / ".faces.77.partial").mkdir()
    with whole_folder(folder) as partial:
        (partial / "new").touch()
        assert [path.name for path in folder.iterdir()] == ["old"]
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_full_disk_is_told_and_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(DiskFull, match="No room is left on the disk"), whole_folder(folder):
        raise full
    assert list(tmp_path.iterdir()) == [folder]
    other = OSError(errno.EIO, "Input/output error")
    with pytest.raises(OSError, match="Input/output"), whole_folder(folder):
        raise other
