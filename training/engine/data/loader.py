"""Serves each step its faces of both people, ordered, augmented and on the right device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from training.engine.compute.compiling import compiled
from training.engine.compute.distributed import World
from training.engine.data.augment import Augment, Examples
from training.engine.data.augmentation_parameters import Chances, Recipe
from training.engine.data.face_store import Shelf
from training.engine.data.faces import FaceSet
from training.engine.data.sampler import Order
from training.engine.data.warping import as_seen, landmark_nodes
from training.engine.models.face_model import Architecture
from training.engine.run.config import RunConfig

NEAREST = 10
"""A face is warped to one of so many faces of the other person that lie most like it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """This process's part of a step's faces."""

    a: Examples
    b: Examples


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the stream a batch lies: all that it follows from, besides the run's settings."""

    num_drawn: tuple[int, int]
    """Faces of either person that came before it."""
    batch_size: int


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
        self._seed = config.seed
        self._ahead: tuple[Place, Batch] | None = None
        self._nearest = self._nearest_faces() if config.warp == "landmarks" else []
        compile_each = partial(compiled, when=config.compile, device=world.device)
        self._augment = Augment(self.recipe, wrap=compile_each)

    def next(self) -> Batch:
        """The next step's faces.

        Every process draws for the whole batch and keeps its share, so that a run does not
        depend on how many processes it has.
        """
        batch = self.prepare()
        self._ahead = None
        for order in self.orders:
            order.num_drawn += self.batch_size
        return batch

    @torch.no_grad()
    def prepare(self) -> Batch:
        """Make what `next` will give, at a moment when there is time to; draws nothing yet."""
        order_a, order_b = self.orders
        here = Place((order_a.num_drawn, order_b.num_drawn), self.batch_size)
        # After a change of the batch, or when a run is taken up, another was made than is wanted.
        if self._ahead is None or self._ahead[0] != here:
            self._ahead = here, self._make(here)
        return self._ahead[1]

    def _make(self, place: Place) -> Batch:
        (pixels_a, which_a, chances_a), (pixels_b, which_b, chances_b) = (
            self._drawn(side, place) for side in (0, 1)
        )
        nodes = None
        if self._nearest:
            nodes = self._nodes(0, which_a, chances_a), self._nodes(1, which_b, chances_b)
        a, b = self._augment.both(
            (pixels_a, pixels_b),
            (self._shelves[0].views[which_a], self._shelves[1].views[which_b]),
            (chances_a.values, chances_b.values),
            nodes,
        )
        return Batch(a=a, b=b)

    def _drawn(self, side: int, place: Place) -> tuple[Tensor, Tensor, Chances]:
        """One person's stored faces of a batch, their places, and what chance does to them."""
        shelf, order = self._shelves[side], self.orders[side]
        count, before = place.batch_size, place.num_drawn[side]
        share = self._world.share(count)
        places = order.after(before, count)[share]
        # From where the batch lies alone, so that there is no state to keep.
        seed = (2 * self._seed + side) * 1_000_000_007 + before
        generator = torch.Generator().manual_seed(seed)
        chances = Chances.draw(count, generator, self.recipe).part(share)
        pixels = shelf.take(places)
        if shelf.reads_ahead:
            shelf.expect(order.after(before + count, count)[share])
        send = self._world.send
        return pixels, send(torch.tensor(places)), Chances(send(chances.values))

    def _nodes(self, side: int, which: Tensor, chances: Chances) -> Tensor:
        """The warp of each face to the landmarks of one of the other person's like it."""
        own, other = self._shelves[side].landmarks, self._shelves[1 - side].landmarks
        nearest = self._nearest[side][which]
        # A normal number's place among all, 0 to 1, picks each neighbour equally often.
        share = torch.special.ndtr(chances.neighbour)
        picked = (share * nearest.shape[1]).long().clamp(max=nearest.shape[1] - 1)
        wanted = other[nearest.gather(1, picked[:, None])[:, 0]]
        seen, wanted = (
            as_seen(each, chances, self.recipe.coverage) for each in (own[which], wanted)
        )
        return landmark_nodes(seen, wanted + chances.jitter)

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
