"""Which faces come in which step: shuffled anew each round, and known from two numbers."""

from __future__ import annotations

import torch


class Sampler:
    """An endless shuffled order over a person's faces; none comes twice in a round."""

    def __init__(self, *, num_faces: int, seed: int) -> None:
        self.num_faces = num_faces
        self.seed = seed
        self.num_sampled = 0
        """All there is to save: the shuffle of a round follows from the seed and the round."""
        self._round = -1
        self._shuffled: list[int] = []

    def sample(self, count: int) -> list[int]:
        """The next `count` faces' places in the set."""
        sampled = self.after(self.num_sampled, count)
        self.num_sampled += count
        return sampled

    def after(self, num_sampled: int, count: int) -> list[int]:
        """The places of the `count` faces that come once `num_sampled` are drawn; draws nothing."""
        places = []
        for number in range(num_sampled, num_sampled + count):
            round_, position = divmod(number, self.num_faces)
            if round_ != self._round:
                self._shuffle(round_)
            places.append(self._shuffled[position])
        return places

    def _shuffle(self, round_: int) -> None:
        # Multiplied apart, so that round 1 of seed 0 is not round 0 of seed 1.
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + round_)
        self._shuffled = torch.randperm(self.num_faces, generator=generator).tolist()
        self._round = round_
