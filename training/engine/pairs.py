"""Serves each step its faces of both people, ordered, augmented and on the right device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.engine.architectures import Architecture
from training.engine.augment import Chances, Examples, Recipe, augment, landmark_nodes
from training.engine.compiling import compiled
from training.engine.config import RunConfig
from training.engine.faces import FaceSet
from training.engine.order import Order
from training.engine.shelf import Shelf
from training.engine.world import World

NEAREST = 10
"""A face is warped to one of so many faces of the other person that lie most like it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """This process's part of a step's faces."""

    a: Examples
    b: Examples


class Pairs:
    """The endless stream of batches of a run, which can be put down and taken up again."""

    def __init__(
        self,
        config: RunConfig,
        *,
        architecture: Architecture,
        faces: tuple[FaceSet, FaceSet],
        world: World,
    ) -> None:
        self.batch_size = config.batch_size
        """Faces of each person per step, over all processes; may be changed between steps."""
        self.recipe = recipe_of(config, architecture)
        self._world = world
        self._shelves = [Shelf(side, centring=config.centring, world=world) for side in faces]
        # The two orders must not be the same: it would always show the same faces together.
        self.orders = [
            Order(num_faces=len(side), seed=2 * config.seed + place)
            for place, side in enumerate(faces)
        ]
        self.generator = torch.Generator().manual_seed(config.seed)
        self._nearest = self._nearest_faces() if config.warp == "landmarks" else None
        self._augment = compiled(augment, when=config.compile, device=world.device)

    def next(self) -> Batch:
        """The next step's faces.

        Every process draws for the whole batch and keeps its share, so that a run does not
        depend on how many processes it has.
        """
        return Batch(a=self._examples(0), b=self._examples(1))

    @torch.no_grad()
    def _examples(self, side: int) -> Examples:
        shelf, order = self._shelves[side], self.orders[side]
        share = self._world.share(self.batch_size)
        places = order.draw(self.batch_size)[share]
        chances = Chances.draw(self.batch_size, self.generator, self.recipe).part(share)
        pixels = shelf.take(places)
        if shelf.reads_ahead:
            shelf.expect(order.look_ahead(self.batch_size)[share])
        which = self._world.send(torch.tensor(places))
        mine = Chances(self._world.send(chances.values))
        nodes = self._nodes(side, which, mine)
        examples: Examples = self._augment(
            pixels, shelf.views[which], mine.values, nodes, self.recipe
        )
        return examples

    def _nodes(self, side: int, which: Tensor, chances: Chances) -> Tensor | None:
        """The warp of each face to the landmarks of one of the other person's like it."""
        if self._nearest is None:
            return None
        own, other = self._shelves[side].landmarks, self._shelves[1 - side].landmarks
        nearest = self._nearest[side][which]
        # A normal number's place among all, 0 to 1, picks each neighbour equally often.
        share = torch.special.ndtr(chances.neighbour)
        picked = (share * nearest.shape[1]).long().clamp(max=nearest.shape[1] - 1)
        wanted = other[nearest.gather(1, picked[:, None])[:, 0]]
        return landmark_nodes(own[which], wanted + chances.jitter)

    def _nearest_faces(self) -> list[Tensor]:
        """For each side the places, (N, NEAREST), of the other person's faces most like each."""
        a, b = (shelf.landmarks.flatten(1) for shelf in self._shelves)
        distances = torch.cdist(a, b)
        return [
            table.topk(min(NEAREST, table.shape[1]), largest=False).indices
            for table in (distances, distances.T)
        ]


def recipe_of(config: RunConfig, architecture: Architecture) -> Recipe:
    """How this run makes examples."""
    return Recipe(
        input_size=architecture.input_size,
        output_size=architecture.output_size,
        coverage=config.coverage,
        flip=config.flip,
        colour=config.colour,
        warp=config.warp,
    )
