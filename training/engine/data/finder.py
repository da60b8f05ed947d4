"""The site's face detection, loaded only when a face must be detected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from training.engine.errors import FinderMissing

if TYPE_CHECKING:
    from curation.vision.faces import FaceFinder


class FoundFace(Protocol):
    """A detected face."""

    @property
    def landmarks(self) -> NDArray[np.float32]:
        """(68, 2), in pixels of the picture."""

    @property
    def descriptor(self) -> NDArray[np.float32] | None:
        """By which the person is recognised; None when it was not asked for."""


class Finder(Protocol):
    """Detects the faces in a picture; must be picklable."""

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> Sequence[FoundFace]:
        """The faces in an (H, W, 3) picture, the largest first."""


class SiteFinder:
    """Detects faces as the site does; where all landmarks are known, it need not be installed."""

    def check(self) -> None:
        """Raise FinderMissing now, where waiting for the first picture would be too late."""
        finder, weights_missing = _site_finder()
        try:
            finder.check()
        except weights_missing as error:
            raise FinderMissing(str(error)) from error

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> Sequence[FoundFace]:
        """The faces in an (H, W, 3) picture, the largest first. Raises FinderMissing."""
        finder, weights_missing = _site_finder()
        try:
            return finder.find(rgb, descriptors=descriptors)
        except weights_missing as error:
            raise FinderMissing(str(error)) from error


def _site_finder() -> tuple[FaceFinder, type[Exception]]:
    """The site's finder, and what it raises where its models are not installed."""
    try:
        # Here, not above: a machine that only trains finds no faces.
        from curation.vision.faces import FaceFinder  # noqa: PLC0415
        from curation.vision.weights import WeightsMissing  # noqa: PLC0415
    except ImportError as error:
        raise FinderMissing(
            f"Face detection needs {error.name}, which is not installed. "
            "Install it (pip install -r requirements.txt).",
            package=error.name,
        ) from error
    return FaceFinder(), WeightsMissing
