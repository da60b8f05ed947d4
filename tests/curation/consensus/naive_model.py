"""What should come of handing out and voting, written as naively as possible.

It shares no code with the product: votes are a dictionary, and a decision is found by trying
every way in which voting could go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

Said = tuple[str, str]
"""A verdict and its reasons as stored."""


@dataclass
class NaiveModel:
    """One batch; people and images are known by their index."""

    votes: dict[tuple[int, int], Said] = field(default_factory=dict)
    """By person and image."""
    leases: dict[int, str] = field(default_factory=dict)
    rulings: dict[int, str] = field(default_factory=dict)
    is_closed: bool = False
    num_events: int = 0

    def refusal(self, who: int) -> str:
        """Why a vote of theirs is refused whatever it is, "" when it is not."""
        match self.leases.get(who):
            case None | "returned":
                return "not_assigned"
            case _ if self.is_closed:
                return "batch_closed"
            case "expired":
                return "lease_expired"
            case _:
                return ""

    def is_wanted(self, what: int) -> bool:
        return outcome(self.said_of(what)) == "pending"

    def decision(self, what: int) -> str:
        return self.rulings.get(what) or outcome(self.said_of(what))

    def said_of(self, what: int) -> list[str]:
        return [verdict for (_who, where), (verdict, _why) in self.votes.items() if where == what]

    def left_for(self, who: int, num_images: int) -> int:
        return sum(
            (who, what) not in self.votes and self.is_wanted(what) for what in range(num_images)
        )


def outcome(said: list[str]) -> str:
    if already := decided(said):
        return already
    futures = (
        [*said, *more]
        for num in range(1, 3 - len(said) + 1)
        for more in product(["keep", "reject"], repeat=num)
    )
    return "pending" if any(decided(future) for future in futures) else "contested"


def decided(said: list[str]) -> str:
    keep, reject = said.count("keep"), said.count("reject")
    if keep >= 2 and keep > reject:
        return "kept"
    return "rejected" if reject >= 2 and reject > keep else ""
