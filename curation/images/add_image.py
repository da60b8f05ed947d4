"""Give a picture its number."""

from __future__ import annotations

from dataclasses import dataclass

from curation.images.bare_copies import BareCopy
from curation.images.models import Image
from curation.subjects.models import Subject


@dataclass(frozen=True)
class Measured:
    """What an image row says of its bytes."""

    sha256: str
    size_bytes: int
    width: int
    """Pixels, upright by EXIF."""
    height: int
    format: str
    bare: BareCopy


def add_image(*, subject: Subject, name: str, measured: Measured) -> Image:
    """A new image of the subject under the next number.

    The caller holds the lock on the subject's row, so that numbers are given one after the other,
    has found that the bytes are new to it, and has put them into the store.
    """
    subject.last_number += 1
    subject.save(update_fields=["last_number"])
    return Image.objects.create(
        subject=subject,
        number=subject.last_number,
        name=name,
        sha256=measured.sha256,
        size_bytes=measured.size_bytes,
        width=measured.width,
        height=measured.height,
        format=measured.format,
        bare_sha256=measured.bare.sha256,
        bare_size_bytes=measured.bare.size_bytes,
        bare_format=measured.bare.format,
    )
