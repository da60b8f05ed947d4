"""Reads of this stage: which pictures are in."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from curation.images.models import Image
from curation.subjects.models import Subject


def images_of(subject: Subject) -> QuerySet[Image]:
    """The subject's images that can be looked at, by number."""
    return Image.objects.filter(subject=subject, purged_at=None).order_by("number")


def is_purged(image: str) -> Exists:
    """The condition that the image which a row points to by this column was purged.

    Few are: databases find those, and need not read the images of all rows to see that they are
    there, as for `image__purged_at=None`.
    """
    return Exists(Image.objects.filter(pk=OuterRef(image), purged_at__isnull=False))


def with_bytes(subject: Subject, numbers: Collection[int]) -> list[tuple[int, str]]:
    """Of the images with these numbers, the number and the SHA-256, by number."""
    images = images_of(subject).filter(number__in=numbers)
    return list(images.values_list("number", "sha256"))


def neighbours_of(image: Image) -> tuple[int | None, int | None]:
    """The numbers before and after the image's own, None at either end."""
    others = images_of(image.subject).values_list("number", flat=True)
    before = others.filter(number__lt=image.number).order_by("-number").first()
    after = others.filter(number__gt=image.number).first()
    return before, after
