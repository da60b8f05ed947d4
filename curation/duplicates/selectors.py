"""Reads of this stage: which images are nearly the same, and how far the machine is with it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from curation.duplicates.models import DistinctPair, DuplicateSearch, NearPair
from curation.images.models import Image
from curation.subjects.models import Subject


def near_pairs(subject: Subject) -> QuerySet[NearPair]:
    """The subject's pairs of nearly equal images, without those that people said are distinct."""
    said = DistinctPair.objects.filter(first=OuterRef("first"), second=OuterRef("second"))
    return NearPair.objects.filter(~Exists(said), subject=subject)


def alike(image_ids: Collection[int]) -> set[tuple[int, int]]:
    """Which of these images the machine found nearly the same as which others, whatever people
    said since. One query."""
    pairs = NearPair.objects.filter(Q(first__in=image_ids) | Q(second__in=image_ids))
    found = list(pairs.values_list("first_id", "second_id"))
    return {*found, *((second, first) for first, second in found)}


def images_near_others(subject: Subject) -> QuerySet[Image]:
    """The images that are in any such pair and were not purged."""
    pairs = near_pairs(subject)
    is_near = Q(pk__in=pairs.values("first")) | Q(pk__in=pairs.values("second"))
    return Image.objects.filter(is_near, subject=subject, purged_at=None)


def near_duplicates_of(image: Image) -> list[Image]:
    """The images that are nearly the same as this one, by number. One query."""
    subject = image.subject
    is_near = Q(pk__in=near_pairs(subject).filter(first=image).values("second"))
    is_near |= Q(pk__in=near_pairs(subject).filter(second=image).values("first"))
    return list(Image.objects.filter(is_near, purged_at=None).order_by("number"))


def distinct_pairs(subject: Subject) -> QuerySet[DistinctPair]:
    """What people said is distinct, the newest first."""
    pairs = DistinctPair.objects.filter(subject=subject)
    return pairs.select_related("first", "second", "marked_by").order_by("-pk")


def search_of(subject: Subject) -> DuplicateSearch | None:
    """The subject's search, if there ever was one."""
    return DuplicateSearch.objects.filter(subject=subject).first()
