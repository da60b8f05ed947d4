"""Which faces come in which step: shuffled anew each round, and known from two numbers."""

from __future__ import annotations

import torch


class Order:
    """An endless shuffled order over a person's faces; none comes twice in a round."""

    def __init__(self, *, num_faces: int, seed: int) -> None:
        self.num_faces = num_faces
        self.seed = seed
        self.num_drawn = 0
        """All there is to save: the shuffle of a round follows from the seed and the round."""
        self._round = -1
        self._shuffled: list[int] = []

    def draw(self, count: int) -> list[int]:
        """The next `count` faces' places in the set."""
        drawn = []
        for place in range(self.num_drawn, self.num_drawn + count):
            round_, position = divmod(place, self.num_faces)
            if round_ != self._round:
                self._shuffle(round_)
            drawn.append(self._shuffled[position])
        self.num_drawn += count
        return drawn

    def _shuffle(self, round_: int) -> None:
        # Multiplied apart, so that round 1 of seed 0 is not round 0 of seed 1.
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + round_)
        self._shuffled = torch.randperm(self.num_faces, generator=generator).tolist()
        self._round = round_

    def look_ahead(self, count: int) -> list[int]:
        """The places that draw would give next; nothing is drawn."""
        before = self.num_drawn
        places = self.draw(count)
        self.num_drawn = before
        return places
