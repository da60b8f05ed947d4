"""Landmarks of pictures that somebody knew beforehand, in an .npz of NumPy."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import FURTHEST
from training.engine.errors import LandmarksWrong

KnownLandmarks = dict[str, NDArray[np.float32]]
"""The 68 points (68, 2) in pixels of the upright picture, by file name."""


def read_landmarks(path: Path, content: bytes) -> KnownLandmarks:
    """Landmarks from the bytes of an .npz: `files` (N,) names and `lm` (N, 68, 2).

    Raises LandmarksWrong when it is no such file, or a landmark is no number or far outside of
    any picture.
    """
    try:
        # Never pickle: a file from elsewhere could then run a program here.
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            files, points = [str(name) for name in stored["files"]], stored["lm"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise LandmarksWrong(
            f"{path} does not read as landmarks; it must be an .npz of NumPy with the arrays "
            "files (N,) and lm (N, 68, 2), without Python objects.",
            file=str(path),
        ) from error
    if points.shape != (len(files), 68, 2) or points.dtype.kind not in "fiu":
        raise LandmarksWrong(
            f"lm in {path} must be numbers of the shape ({len(files)}, 68, 2), "
            f"not {points.dtype} {points.shape}.",
            file=str(path),
        )
    # Compared so, that what is no number is wrong as well.
    within = (np.abs(points.astype(np.float64)) <= FURTHEST).all(axis=(1, 2))
    if not within.all():
        wrong = files[int(np.argmin(within))]
        raise LandmarksWrong(
            f"The landmarks of {wrong!r} in {path} are no numbers or lie outside of any picture; "
            "correct or remove them.",
            file=str(path),
            picture=wrong,
        )
    return dict(zip(files, points.astype(np.float32), strict=True))
