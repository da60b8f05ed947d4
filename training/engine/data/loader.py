"""Serves each step its faces of both people, ordered, augmented and on the right device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from training.engine.compute.compiling import compiled
from training.engine.compute.distributed import DistributedContext
from training.engine.data.augment import Augment, Examples
from training.engine.data.augmentation_parameters import (
    AugmentationParameters,
    AugmentationSettings,
)
from training.engine.data.face_store import FaceStore
from training.engine.data.faces import FaceSet
from training.engine.data.sampler import Sampler
from training.engine.data.warping import as_seen, landmark_nodes
from training.engine.models.face_model import Architecture
from training.engine.run.config import RunConfig

NEAREST = 10
"""A face is warped to one of so many faces of the other person that lie most like it."""


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """This process's part of a step's faces."""

    a: Examples
    b: Examples


@dataclass(frozen=True, slots=True)
class BatchPosition:
    """Where in the stream a batch lies: all that it follows from, besides the run's settings."""

    num_sampled: tuple[int, int]
    """Faces of either person that came before it."""
    batch_size: int


class PairLoader:
    """The endless stream of batches of a run, which can be put down and taken up again."""

    def __init__(
        self,
        config: RunConfig,
        *,
        architecture: Architecture,
        faces: tuple[FaceSet, FaceSet],
        context: DistributedContext,
    ) -> None:
        self.batch_size = config.batch_size
        """Faces of each person per step, over all processes; may be changed between steps."""
        self.settings = augmentation_settings(config, architecture)
        self._context = context
        self._stores = [
            FaceStore(side, centring=config.centring, context=context) for side in faces
        ]
        # The two samplers must not be the same: it would always show the same faces together.
        self.samplers = [
            Sampler(num_faces=len(side), seed=2 * config.seed + place)
            for place, side in enumerate(faces)
        ]
        self._seed = config.seed
        self._ahead: tuple[BatchPosition, TrainingBatch] | None = None
        self._nearest = self._nearest_faces() if config.warp == "landmarks" else []
        compile_each = partial(compiled, when=config.compile, device=context.device)
        self._augment = Augment(self.settings, wrap=compile_each)

    def next(self) -> TrainingBatch:
        """The next step's faces.

        Every process draws for the whole batch and keeps its share, so that a run does not
        depend on how many processes it has.
        """
        batch = self.prefetch()
        self._ahead = None
        for sampler in self.samplers:
            sampler.num_sampled += self.batch_size
        return batch

    @torch.no_grad()
    def prefetch(self) -> TrainingBatch:
        """Make what `next` will give, at a moment when there is time to; draws nothing yet."""
        sampler_a, sampler_b = self.samplers
        here = BatchPosition((sampler_a.num_sampled, sampler_b.num_sampled), self.batch_size)
        # After a change of the batch, or when a run is taken up, another was made than is wanted.
        if self._ahead is None or self._ahead[0] != here:
            self._ahead = here, self._make(here)
        return self._ahead[1]

    def _make(self, position: BatchPosition) -> TrainingBatch:
        (pixels_a, which_a, parameters_a), (pixels_b, which_b, parameters_b) = (
            self._sample(side, position) for side in (0, 1)
        )
        nodes = None
        if self._nearest:
            nodes = self._nodes(0, which_a, parameters_a), self._nodes(1, which_b, parameters_b)
        a, b = self._augment.both(
            (pixels_a, pixels_b),
            (self._stores[0].views[which_a], self._stores[1].views[which_b]),
            (parameters_a.values, parameters_b.values),
            nodes,
        )
        return TrainingBatch(a=a, b=b)

    def _sample(
        self, side: int, position: BatchPosition
    ) -> tuple[Tensor, Tensor, AugmentationParameters]:
        """One person's stored faces of a batch, their places, and what chance does to them."""
        store, sampler = self._stores[side], self.samplers[side]
        count, before = position.batch_size, position.num_sampled[side]
        share = self._context.share(count)
        places = sampler.after(before, count)[share]
        # From where the batch lies alone, so that there is no state to keep.
        seed = (2 * self._seed + side) * 1_000_000_007 + before
        generator = torch.Generator().manual_seed(seed)
        parameters = AugmentationParameters.sample(count, generator, self.settings).part(share)
        pixels = store.take(places)
        if store.prefetches:
            store.prefetch(sampler.after(before + count, count)[share])
        to_device = self._context.to_device
        return (
            pixels,
            to_device(torch.tensor(places)),
            AugmentationParameters(to_device(parameters.values)),
        )

    def _nodes(self, side: int, which: Tensor, parameters: AugmentationParameters) -> Tensor:
        """The warp of each face to the landmarks of one of the other person's like it."""
        own, other = self._stores[side].landmarks, self._stores[1 - side].landmarks
        nearest = self._nearest[side][which]
        # A normal number's place among all, 0 to 1, picks each neighbour equally often.
        share = torch.special.ndtr(parameters.neighbour)
        picked = (share * nearest.shape[1]).long().clamp(max=nearest.shape[1] - 1)
        wanted = other[nearest.gather(1, picked[:, None])[:, 0]]
        seen, wanted = (
            as_seen(each, parameters, self.settings.coverage) for each in (own[which], wanted)
        )
        return landmark_nodes(seen, wanted + parameters.jitter)

    def _nearest_faces(self) -> list[Tensor]:
        """For each side the places, (N, NEAREST), of the other person's faces most like each."""
        a, b = (store.landmarks.flatten(1) for store in self._stores)
        distances = torch.cdist(a, b)
        return [
            table.topk(min(NEAREST, table.shape[1]), largest=False).indices
            for table in (distances, distances.T)
        ]


def augmentation_settings(config: RunConfig, architecture: Architecture) -> AugmentationSettings:
    """How this run makes examples."""
    return AugmentationSettings(
        input_size=architecture.input_size,
        output_size=architecture.output_size,
        coverage=config.coverage,
        flip=config.flip,
        colour=config.colour,
        warp=config.warp,
    )
