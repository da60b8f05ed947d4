"""Which of the kept a release takes: the organiser's settings, as its header names them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LARGEST_BUDGET, LARGEST_SEED = 100_000, 2**31 - 1
MOST_HELD_OUT = 30
DEFAULT_HELD_OUT = 5

Sharpness = Literal["any", "fair", "sharp"]


class Selection(BaseModel):
    """All kept pictures and nothing held out, where nothing else is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget: Annotated[int, Field(ge=1, le=LARGEST_BUDGET)] | None = None
    """At most so many pictures."""
    face_size: Annotated[int, Field(ge=0, le=10_000)] = 0
    """The least shorter side of the largest face's box, in pixels."""
    sharpness: Sharpness = "any"
    """The least range of sharpness: see `curation.images.spreads`."""
    collapse: bool = False
    """Of nearly equal pictures, take the best alone."""
    balance: bool = False
    """Of each pose and light as many as of any other, as far as there are, and in each the most
    different ones; without it a budget is met by lot."""
    held_out: Annotated[int, Field(ge=0, le=MOST_HELD_OUT)] = 0
    """Percent that no run may train on, none of them nearly equal to the rest."""
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1

    @property
    def takes_all(self) -> bool:
        """Whether it leaves nothing out and holds nothing out, whatever the seed is."""
        return self.model_copy(update={"seed": ALL.seed, "balance": ALL.balance}) == ALL

    def header(self) -> dict[str, Any] | None:
        """What a manifest's header says of it; None where all are in."""
        return None if self.takes_all else self.model_dump()


ALL = Selection()
