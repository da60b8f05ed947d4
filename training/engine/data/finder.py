"""What finds faces in pictures: dlib, which is loaded only when a face must really be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.engine.errors import FinderMissing


class Found(Protocol):
    """A face that was found."""

    @property
    def landmarks(self) -> NDArray[np.float32]:
        """(68, 2), in pixels of the picture."""


class Finder(Protocol):
    """Finds the faces in a picture; it must be possible to send it to another process."""

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> Sequence[Found]:
        """The faces in an (H, W, 3) picture, the largest first."""


class DlibFinder:
    """Finds faces as the site does; where all landmarks are known, dlib need not be there."""

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> Sequence[Found]:
        """The faces in an (H, W, 3) picture, the largest first. Raises FinderMissing."""
        try:
            # Here, not above: a machine that only trains has no dlib.
            from curation.vision.faces import FaceFinder, ModelsMissing  # noqa: PLC0415
        except ImportError as error:
            raise FinderMissing(
                f"A face must be found in a picture, but {error.name} is not installed here. "
                "Install it (pip install -r requirements.txt), or prepare the run folder on a "
                "machine that has it, or give the landmarks along (new_run --landmarks-a).",
                package=error.name,
            ) from error
        try:
            return FaceFinder().find(rgb, descriptors=descriptors)
        except ModelsMissing as error:
            raise FinderMissing(str(error)) from error
