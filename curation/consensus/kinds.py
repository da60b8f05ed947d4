"""How many images of each kind subjects have: all that decisions depend on, counted by indexes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Value
from django.db.models.functions import Coalesce

from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.votes.models import ImageTally
from curation.votes.tallies import unpacked
from curation.votes.voting_rule import Tally

_NO_RULING = Value("")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Images about which everybody said the same."""

    subject_id: int
    tally: Tally
    ruling: Verdict | None


def num_of_each_kind(subject_ids: list[int]) -> Counter[Kind]:
    """How many images of the subjects that were not purged are of each kind. One query.

    Joining all images with their tallies takes three times as long as this: all images begin as
    if nobody had voted, and are moved to another kind where there is a tally, and from there
    where there is a ruling. Purged images have tallies but do not count: they are moved back.
    """
    present = Image.objects.filter(subject__in=subject_ids, purged_at=None)
    tallied = ImageTally.objects.filter(subject__in=subject_ids)
    purged = tallied.filter(image__purged_at__isnull=False, image__subject__in=subject_ids)
    ruled = Ruling.objects.filter(image__subject__in=subject_ids, image__purged_at=None)
    moves = (
        _moves(present, to=Value(0), moved=False),
        _moves(tallied, to=F("packed")),
        _moves(purged, to=F("packed"), sign=-1),
        _moves(
            ruled,
            "image__subject",
            to=Coalesce(F("image__tally__packed"), 0),
            ruling=F("verdict"),
        ),
    )
    counts: Counter[Kind] = Counter()
    first, *others = moves
    for subject_id, moved, packed, ruling, num in first.union(*others, all=True):
        tally, verdict = unpacked(packed), Verdict(ruling) if ruling else None
        counts[Kind(subject_id=subject_id, tally=tally, ruling=verdict)] += num
        if moved:
            before = tally if verdict else Tally()
            counts[Kind(subject_id=subject_id, tally=before, ruling=None)] -= num
    return +counts


def _moves(
    rows: QuerySet[Any],
    subject: str = "subject",
    *,
    to: Any,
    ruling: Any = _NO_RULING,
    moved: bool = True,
    sign: int = 1,
) -> QuerySet[Any, Any]:
    """How many images of each subject come to a packed tally and ruling; negative: leave again.

    Those that were not `moved` are counted for the first time.
    """
    counted: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(of=F(subject), was=Value(moved), packed_tally=to, ruled=ruling)
        .values("of", "was", "packed_tally", "ruled")
        .annotate(num=sign * Count("pk"))
        .values_list("of", "was", "packed_tally", "ruled", "num")
    )
    return counted
