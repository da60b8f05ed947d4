"""The sampler: a reproducible shuffle of the faces in every epoch."""

from __future__ import annotations

import torch


class Sampler:
    """Endless sampling without replacement: each epoch is a new shuffle of the faces."""

    def __init__(self, *, num_faces: int, seed: int) -> None:
        self.num_faces = num_faces
        self.seed = seed
        self.num_sampled = 0
        """Its whole state: the shuffle of an epoch follows from the seed and the epoch."""
        self._epoch = -1
        self._shuffled: list[int] = []

    def sample(self, count: int) -> list[int]:
        """The indices of the next `count` faces."""
        sampled = self.after(self.num_sampled, count)
        self.num_sampled += count
        return sampled

    def after(self, num_sampled: int, count: int) -> list[int]:
        """The indices of the `count` faces after the first `num_sampled`; does not advance."""
        places = []
        for number in range(num_sampled, num_sampled + count):
            epoch, position = divmod(number, self.num_faces)
            if epoch != self._epoch:
                self._shuffle(epoch)
            places.append(self._shuffled[position])
        return places

    def _shuffle(self, epoch: int) -> None:
        # So that epoch 1 of seed 0 is not epoch 0 of seed 1.
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
        self._shuffled = torch.randperm(self.num_faces, generator=generator).tolist()
        self._epoch = epoch
