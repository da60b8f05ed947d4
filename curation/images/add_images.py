"""Give pictures their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from curation.images.bare_copies import BareCopy
from curation.images.measures import blank_measures
from curation.images.models import Image, Measures
from curation.subjects.models import Subject
from curation.vision.generated_marks import Marks


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
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True)
class NewImage:
    """A picture that is to be numbered."""

    name: str
    measured: Measured


def add_images(*, subject: Subject, new: Sequence[NewImage]) -> list[Image]:
    """New images of the subject under the next numbers, in this order.

    The caller holds the lock on the subject's row, so that numbers are given one after the other,
    has found that the bytes are new to it, each only once, and has put them into the store.
    """
    if not new:
        return []
    first = subject.last_number + 1
    subject.last_number += len(new)
    subject.save(update_fields=["last_number"])
    images = Image.objects.bulk_create(
        _row(subject, number, each) for number, each in enumerate(new, start=first)
    )
    Measures.objects.bulk_create(blank_measures(image) for image in images)
    return images


def _row(subject: Subject, number: int, new: NewImage) -> Image:
    measured = new.measured
    return Image(
        subject=subject,
        number=number,
        name=new.name,
        sha256=measured.sha256,
        size_bytes=measured.size_bytes,
        width=measured.width,
        height=measured.height,
        format=measured.format,
        bare_sha256=measured.bare.sha256,
        bare_size_bytes=measured.bare.size_bytes,
        bare_format=measured.bare.format,
        marks=measured.marks.as_dict(),
        says_generated=measured.marks.say_generated,
    )
