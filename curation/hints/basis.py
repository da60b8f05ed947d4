"""What a subject's hints stand on besides its pictures, and whether that has changed enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from curation.consensus.selectors import state_counts
from curation.duplicates.models import DistinctPair
from curation.subjects.models import Subject

_ENOUGH, _SHARE = 10, 0.1
"""So many further decisions, and such a share of those known before, are worth learning anew."""


@dataclass(frozen=True, slots=True)
class Basis:
    kept: int
    rejected: int
    portraits: list[str]
    """Digests of portraits and of look-alikes' pictures."""
    num_distinct: int
    """Pairs that were said to be distinct."""

    def as_dict(self) -> dict[str, Any]:
        """To be kept as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        return cls(**kept)

    def is_outdated_by(self, now: Self) -> bool:
        """Whether what is known now may lead to other hints."""
        moved = abs(now.kept - self.kept) + abs(now.rejected - self.rejected)
        wanted = max(_ENOUGH, _SHARE * (self.kept + self.rejected))
        return (
            moved >= wanted
            or now.portraits != self.portraits
            or now.num_distinct != self.num_distinct
        )


def basis_of(subject: Subject) -> Basis:
    """What is known now. Four queries."""
    counts = state_counts(subject)
    own = subject.portraits.values_list("sha256", flat=True)
    others = subject.look_alikes.exclude(sha256="").values_list("sha256", flat=True)
    return Basis(
        kept=counts.kept,
        rejected=counts.rejected,
        portraits=[*sorted(own), "", *sorted(others)],
        num_distinct=DistinctPair.objects.filter(subject=subject).count(),
    )
