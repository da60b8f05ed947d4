"""Offline packs: taken along, changed by people and their programs, and brought back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from curation.batches.models import Assignment, Batch
from curation.packs.preview import Preview, preview_of
from curation.packs.slip import SLIP_NAME
from curation.packs.take_pack import take_pack
from curation.projects.models import User

TOP = "ada-batch-1/"


def taken(batch: Batch, person: User, *, top: str = TOP) -> dict[str, bytes]:
    """The files and empty folders of a pack as it is handed out, by their paths in it."""
    data = b"".join(take_pack(batch=batch, person=person))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert all(name.startswith(top) for name in names)
        return {name.removeprefix(top): archive.read(name) for name in names}


def pictures_in(pack: Mapping[str, bytes]) -> list[str]:
    """The pictures' paths, by number."""
    return [path for path in pack if path.endswith(".png")]


def move(pack: dict[str, bytes], path: str, to: str) -> None:
    pack[to] = pack.pop(path)


def zipped(
    pack: Mapping[str, bytes], path: Path, *, top: str = TOP, packing: int = zipfile.ZIP_DEFLATED
) -> Path:
    """The files packed again, as people's programs do."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in pack.items():
            archive.writestr(f"{top}{name}", data)
    return path


def looked_into(path: Path, batch: Batch, person: User) -> Preview:
    """What the site reads in the zip."""
    lease = Assignment.objects.get(batch=batch, volunteer=person)
    return preview_of(path, batch=batch, lease=lease, person=person)


SLIP = SLIP_NAME
