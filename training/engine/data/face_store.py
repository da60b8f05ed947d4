"""Stores a person's faces for quick access: in GPU memory, or memory-mapped from disk."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from curation.vision.alignment import Centring
from training.engine.compute.distributed import DistributedContext
from training.engine.data.faces import FaceSet
from training.engine.data.warping import in_view

MAX_SHARE_OF_FREE_MEMORY = 0.4
"""Share of a GPU's free memory that a person's faces may take; else they are read from disk."""


class FaceStore:
    """One person's faces, by index."""

    def __init__(self, faces: FaceSet, *, centring: Centring, context: DistributedContext) -> None:
        self._pixels = faces.pixels
        self._context = context
        self.views = context.to_device(_tensor(faces.views[centring]))
        """(N, 3), on the device."""
        stored_side = faces.pixels.shape[1]
        landmarks = context.to_device(_tensor(faces.landmarks))
        self.landmarks = in_view(landmarks, self.views, stored_side)
        """(N, 68, 2) on the device, where the view spans -1 to 1."""
        # Not pinned: torch would keep as much CPU memory cached.
        self._loaded = _tensor(faces.pixels).to(context.device) if self._fits() else None
        self.prefetches = self._loaded is None and context.device.type == "cuda"
        """Whether faces are read from disk, so that prefetching pays."""
        self._ahead = ThreadPoolExecutor(1, "faces") if self.prefetches else None
        self._coming: tuple[list[int], Future[Tensor]] | None = None

    def take(self, places: list[int]) -> Tensor:
        """Stored faces, uint8 (N, S, S, 6), on the device."""
        if self._loaded is not None:
            return self._loaded[self._context.to_device(torch.tensor(places))]
        if self._coming is not None and self._coming[0] == places:
            ready = self._coming[1].result()
        else:
            ready = self._read(places)
        return ready.to(self._context.device, non_blocking=True)

    def prefetch(self, places: list[int]) -> None:
        """Start reading, in the background, the faces of the next batch."""
        if self._ahead is not None:
            self._coming = places, self._ahead.submit(self._read, places)

    def _read(self, places: list[int]) -> Tensor:
        # Straight into pinned memory.
        shape = (len(places), *self._pixels.shape[1:])
        ready = torch.empty(shape, dtype=torch.uint8, pin_memory=self.prefetches)
        # mode="clip" avoids a buffered copy; no index lies outside.
        np.take(self._pixels, places, axis=0, out=ready.numpy(), mode="clip")
        return ready

    def _fits(self) -> bool:
        if self._context.device.type != "cuda":
            return False
        free, _ = torch.cuda.mem_get_info(self._context.device)
        return bool(self._pixels.nbytes <= MAX_SHARE_OF_FREE_MEMORY * free)


def _tensor(mapped: NDArray[np.uint8] | NDArray[np.float32]) -> Tensor:
    # A copy, because torch warns of arrays that it must not write to.
    return torch.from_numpy(np.array(mapped))
