"""Which of the chosen images an act on gold takes, and why it leaves the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from curation.images.models import Image
from curation.subjects.models import Subject


class LeftOut(StrEnum):
    """Why an image is not taken."""

    TO_JUDGE = "to_judge"
    """The person was handed it and has yet to vote: they are told nothing of its gold."""
    PURGED = "purged"


@dataclass(frozen=True, slots=True)
class Taken:
    """The numbers of the images that an act took, by id, and of those that it left, by why."""

    numbers: Mapping[int, int]
    left_out: Mapping[LeftOut, list[int]]


def taken_of(subject: Subject, images: QuerySet[Image], to_judge: Iterable[int]) -> Taken:
    """Sort the subject's `images`, by number; `to_judge` are ids. Two queries.

    Call it behind the subject's lock, so that nobody is handed an image meanwhile. That an image is
    left does not depend on whether it is gold.
    """
    blind = set(to_judge)
    numbers: dict[int, int] = {}
    left_out: dict[LeftOut, list[int]] = {}
    rows = images.filter(subject=subject).order_by("number")
    for pk, number, purged_at in rows.values_list("pk", "number", "purged_at"):
        if purged_at is not None:
            left_out.setdefault(LeftOut.PURGED, []).append(number)
        elif pk in blind:
            left_out.setdefault(LeftOut.TO_JUDGE, []).append(number)
        else:
            numbers[pk] = number
    return Taken(numbers, left_out)
