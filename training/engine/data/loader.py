"""Loads each step's batch of both people: sampled, augmented, on the device."""

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

NUM_NEIGHBOURS = 10
"""Number of nearest faces of the other person that a face may be warped to."""


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """This process's share of a step's examples."""

    a: Examples
    b: Examples


@dataclass(frozen=True, slots=True)
class BatchPosition:
    """Position of a batch in the stream: with the run's settings it determines the batch."""

    num_sampled: tuple[int, int]
    """Faces of each person sampled before it."""
    batch_size: int


class PairLoader:
    """The endless, resumable stream of batches of a run."""

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
        # Different seeds, or the same faces would always be paired.
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
        """The next step's batch.

        Every process samples the whole batch and keeps its share, so the data does not depend on
        the number of processes.
        """
        batch = self.prefetch()
        self._ahead = None
        for sampler in self.samplers:
            sampler.num_sampled += self.batch_size
        return batch

    @torch.no_grad()
    def prefetch(self) -> TrainingBatch:
        """Make the batch that `next` will return; the samplers do not advance."""
        sampler_a, sampler_b = self.samplers
        here = BatchPosition((sampler_a.num_sampled, sampler_b.num_sampled), self.batch_size)
        # After a changed batch size or a resume, the prefetched batch is another.
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
        """One person's stored faces of a batch, their indices and augmentation parameters."""
        store, sampler = self._stores[side], self.samplers[side]
        count, before = position.batch_size, position.num_sampled[side]
        share = self._context.share(count)
        places = sampler.after(before, count)[share]
        # Seeded by the position alone, so that there is no RNG state to save.
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
        """The warp of each face to the landmarks of a similar face of the other person."""
        own, other = self._stores[side].landmarks, self._stores[1 - side].landmarks
        nearest = self._nearest[side][which]
        # The normal CDF makes it uniform, so each neighbour is equally likely.
        share = torch.special.ndtr(parameters.neighbour)
        picked = (share * nearest.shape[1]).long().clamp(max=nearest.shape[1] - 1)
        wanted = other[nearest.gather(1, picked[:, None])[:, 0]]
        seen, wanted = (
            as_seen(each, parameters, self.settings.coverage) for each in (own[which], wanted)
        )
        return landmark_nodes(seen, wanted + parameters.jitter)

    def _nearest_faces(self) -> list[Tensor]:
        """For each side (N, NUM_NEIGHBOURS): indices of the other person's most similar faces."""
        a, b = (store.landmarks.flatten(1) for store in self._stores)
        distances = torch.cdist(a, b)
        return [
            table.topk(min(NUM_NEIGHBOURS, table.shape[1]), largest=False).indices
            for table in (distances, distances.T)
        ]


def augmentation_settings(config: RunConfig, architecture: Architecture) -> AugmentationSettings:
    """The augmentation settings of a run."""
    return AugmentationSettings(
        input_size=architecture.input_size,
        output_size=architecture.output_size,
        coverage=config.coverage,
        flip=config.flip,
        colour=config.colour,
        warp=config.warp,
    )
