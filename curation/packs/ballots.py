"""What would become of the votes of a pack: the person's own may be there already, or others'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from curation.batches.models import Batch
from curation.gold.models import GoldAnswer
from curation.manual.verdicts import Verdict
from curation.packs.names import Said
from curation.projects.models import User
from curation.votes.desk import DeskItem, desk_items
from curation.votes.models import Vote


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A picture that the pack says something of."""

    number: int
    """What the pack calls it: its place on the desk when the pack was taken."""
    desk_item: DeskItem
    said: Said

    @property
    def sha256(self) -> str:
        return self.desk_item.image.sha256

    @property
    def mine(self) -> Vote | GoldAnswer | None:
        return self.desk_item.mine

    @property
    def is_said_already(self) -> bool:
        mine = self.mine
        reasons = [self.said.reason] if self.said.reason else []
        return mine is not None and (mine.verdict, mine.reasons) == (self.said.verdict, reasons)


@dataclass(frozen=True, kw_only=True)
class Ballots:
    """The pictures of a pack by what would become of their votes."""

    new: list[Line]
    already: list[Line]
    """The person's vote says so already."""
    differing: list[Line]
    """The person has voted otherwise on the site."""
    filled_up: list[Line]
    """Others have given all the votes that are wanted."""
    num_lost: int
    """Pictures that are in the batch no more."""


def ballots_of(said: Mapping[int, Said], items: Mapping[int, DeskItem]) -> Ballots:
    """Sort the pictures by what would become of their votes."""
    kinds: dict[str, list[Line]] = defaultdict(list)
    for number, each in said.items():
        if number in items:
            line = Line(number=number, desk_item=items[number], said=each)
            kinds[_kind_of(line)].append(line)
    return Ballots(
        new=kinds["new"],
        already=kinds["already"],
        differing=kinds["differing"],
        filled_up=kinds["filled_up"],
        num_lost=len(said.keys() - items.keys()),
    )


def _kind_of(line: Line) -> str:
    if line.mine is None:
        return "new" if line.desk_item.is_open else "filled_up"
    said_alike = line.is_said_already or (
        # Gone, and rejected on the site: for whatever reason, which is better than none.
        line.said == Said(Verdict.REJECT) and line.mine.verdict == Verdict.REJECT
    )
    return "already" if said_alike else "differing"


def items_by_number(batch: Batch, person: User, taken: Mapping[int, int]) -> dict[int, DeskItem]:
    """What lies on the person's desk, by what a pack calls it. `taken` is that by item's id."""
    lying = {each.item_id: each for each in desk_items(batch, person)}
    return {number: lying[item] for number, item in taken.items() if item in lying}
