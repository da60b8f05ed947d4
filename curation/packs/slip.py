"""The file in an offline pack that says whose it is and what lay in it, sealed by this site.

The number of a picture in a pack is its place on the desk when the pack was taken, never the
image's own number: that one would tell which pictures are hidden gold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from curation.packs.errors import NoSlip

SLIP_NAME = "winnow-pack.json"
LARGEST_SLIP_BYTES = 4 * 1024 * 1024
_SIGNER = signing.Signer(salt="curation.packs.slip")


@dataclass(frozen=True, slots=True)
class Handed:
    """A picture's file as it left the site."""

    size: int
    checksum: int
    """CRC-32: every zip says it of each of its files, so nobody has to read them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What a pack is."""

    lease_id: int
    person_id: int
    batch_id: int
    manual: int
    """The version of the manual whose reasons the folders are named by."""
    is_anew: bool
    """Whether it was saved anew and is not the one that lay in the pack: the files beside it may be
    others. It stays so, however many of them are proved since."""
    files: Mapping[int, Handed | None]
    """By number; None of those that a slip which was saved anew knows nothing of."""
    taken: Mapping[int, int]
    """By number, the item's id: places move up when a picture is purged, ids do not."""


def written(slip: Slip, *, about: Mapping[str, Any]) -> bytes:
    """The file: for people what they may want to know, for the site the seal."""
    files = [
        [number, slip.taken[number], *((file.size, file.checksum) if file else ())]
        for number, file in sorted(slip.files.items())
    ]
    said = [slip.lease_id, slip.person_id, slip.batch_id, slip.manual, files, slip.is_anew]
    shown = {
        "winnow": "offline pack · 离线包",
        "leave me here": "This file says whose pack it is. · 请留着这个文件，上传时要靠它认包。",
        **about,
        "pictures": len(slip.files),
        "seal": _SIGNER.sign_object(said, compress=True),
    }
    return json.dumps(shown, ensure_ascii=False, indent=1).encode()


def read(data: bytes) -> Slip:
    """The slip that this site has written. Raises NoSlip."""
    try:
        seal = json.loads(data.decode("utf-8-sig"))["seal"]
        lease, person, batch, manual, files, is_anew = _SIGNER.unsign_object(str(seal))
    except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
        raise NoSlip(
            _(
                "The file %(name)s is not as this site wrote it. Take it from the original pack, "
                "or save it anew from this page, put it into the zip and upload that."
            )
            % {"name": SLIP_NAME}
        ) from error
    return Slip(
        lease_id=lease,
        person_id=person,
        batch_id=batch,
        manual=manual,
        is_anew=is_anew,
        files={number: Handed(*file) if file else None for number, _item, *file in files},
        taken={number: item for number, item, *_file in files},
    )


def is_slip(name: str) -> bool:
    """Whether a file is called so, also as a browser names a second copy."""
    folded = name.casefold()
    return folded.startswith(SLIP_NAME.removesuffix(".json")) and folded.endswith(".json")
