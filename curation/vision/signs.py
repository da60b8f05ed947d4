"""Four signs that a picture is to be thrown out, each read off what it and its face look like.

A sign is a linear read-out of `embedding`'s features: of the whole picture, made square, and of the
largest face, upright. The numbers in `sign_numbers.csv` are fitted by `tests/bench/fit_hints.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import MEAN_FACE, Matrix, Points, Rgb, similarity
from curation.vision.embedding import NUM_FEATURES, embed
from curation.vision.levels import Levels
from curation.vision.runtimes import Floats

PICTURE_SIDE, CHIP_SIDE = 224, 128
_MARGIN = 0.5
"""Around the inner face, of its side: for hands, masks and what else comes from outside."""
NUMBERS = Path(__file__).with_name("sign_numbers.csv")


@dataclass(frozen=True, slots=True)
class Signs:
    """Log-odds: 0 is undecided, more than 3 nearly certain. Unlike faces are taken as average."""

    blurry: float
    """The face is out of focus, moved, enlarged from too few pixels or crushed by compression."""
    covered: float
    """Something is before the face."""
    drawn: float
    """It is drawn, painted or rendered as a card."""
    rephoto: float
    """It is a photo of a print or of a screen."""


KINDS = ("blurry", "covered", "drawn", "rephoto")


@dataclass(frozen=True, slots=True, eq=False)
class Readouts:
    """From features to signs."""

    mean: NDArray[np.float32]
    """(F,) of the features."""
    spread: NDArray[np.float32]
    """(F,)."""
    weights: NDArray[np.float32]
    """(F, len(KINDS))."""
    bias: NDArray[np.float32]
    """(len(KINDS),)."""

    def __call__(self, features: Floats) -> Floats:
        """The log-odds (N, len(KINDS)) for features (N, F); NaN stands for an average feature."""
        scaled = np.nan_to_num((features - self.mean) / self.spread, nan=0.0)
        odds: Floats = scaled @ self.weights + self.bias
        return odds


def signs_of(picture: Rgb | Levels, landmarks: Points | None) -> Signs:
    """The signs of an (H, W, 3) picture and its largest face's 68 landmarks, if it has any.

    Raises WeightsMissing, and ValueError when all landmarks lie in one place.
    """
    (odds,) = _readouts()(features_of(picture, landmarks)[None])
    return Signs(*(float(each) for each in odds))


def features_of(picture: Rgb | Levels, landmarks: Points | None) -> Floats:
    """The (2 * NUM_FEATURES,) features of the picture and of its face; NaN without a face."""
    features = np.full((2, NUM_FEATURES), np.nan, np.float32)
    for of_one, view in zip(features, views_of(picture, landmarks), strict=False):
        of_one[:] = embed(view)
    return features.ravel()


def views_of(picture: Rgb | Levels, landmarks: Points | None) -> Iterator[Rgb]:
    """What is looked at: the whole picture, made square, and its face if it has one, upright."""
    levels = Levels.of(picture)
    yield levels.as_square(PICTURE_SIDE)
    if landmarks is not None:
        yield levels.cut(_chip_matrix(landmarks), size=CHIP_SIDE)


def _chip_matrix(landmarks: Points) -> Matrix:
    scale = CHIP_SIDE / (1 + 2 * _MARGIN)
    matrix: Matrix = similarity(landmarks[17:], MEAN_FACE) * scale
    matrix[:, 2] += _MARGIN * scale
    return matrix


@cache
def _readouts() -> Readouts:
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    weights = np.array([[row[kind] for kind in KINDS] for row in rows], np.float32)
    mean, spread = (
        np.array([row[name] for row in rows[:-1]], np.float32) for name in ("mean", "spread")
    )
    return Readouts(mean, spread, weights[:-1], weights[-1])
