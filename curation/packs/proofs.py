"""Which files of a pack are, byte by byte, pictures that this site has handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from curation.packs.read_pack import SentFile, SentPack
from curation.packs.slip import Handed
from curation.sources.problems import Unusable
from curation.vision.hashes import sha256_of
from curation.votes.desk import DeskItem


def with_proofs(pack: SentPack, items: Mapping[int, DeskItem]) -> SentPack:
    """The pack as if its slip, which was saved anew, knew the files whose bytes are a picture's.

    `items` is what lies on the desk by the slip's numbers. All bytes that may be one's are read.
    """
    numbers = {item.image.bare_sha256: number for number, item in items.items()}
    sizes = {item.image.bare_size_bytes for item in items.values()}
    proved: dict[int, Handed | None] = {}
    for file in pack.files:
        number = numbers.get(_digest(file)) if file.handed.size in sizes else None
        if number is not None:
            proved[number] = file.handed
    return replace(pack, slip=replace(pack.slip, files={**pack.slip.files, **proved}))


def _digest(file: SentFile) -> str:
    try:
        return sha256_of(file.read()) if file.is_sound else ""
    except (Unusable, OSError):
        return ""
