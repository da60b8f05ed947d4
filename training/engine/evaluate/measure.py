"""Measures swaps against ground truth, beside a baseline without any swap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np

from curation.vision.alignment import Rgb, extract
from curation.vision.alignment import apply as move
from curation.vision.faces import DetectedFace
from curation.vision.masks import Mask, draw_mask
from training.engine.data.finder import Finder
from training.engine.evaluate.draw import MEASURED_SIZE, Drawing, Drawings, resized
from training.engine.evaluate.metrics import (
    identity_distance,
    landmark_distance,
    psnr_inside,
    ssim_inside,
)
from training.engine.evaluate.truth import SwapCase, Truth
from training.engine.run.folder import SIDES

Align = Literal["own", "source"]
"""The landmarks that the truth is aligned by.

`own` as in training, so it measures what the model has learnt. `source` is what a viewer would
see, which includes the misalignment between two people's features.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Metrics of a picture against the truth; None where no face was detected in it."""

    ssim: float
    psnr: float
    identity: float | None
    """Mean distance of its identity descriptor to those of the person swapped in."""
    landmarks: float | None
    """Mean landmark error, normalised by the distance between the eyes."""


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """The same crop of all pictures of one case, MEASURED_SIZE a side."""

    case: SwapCase
    source: Rgb
    swap: Rgb
    truth: Rgb
    mask: Mask
    """The truth's face."""
    drawn_size: int
    """Side in pixels at which the swap was drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredSwap:
    """One case with its metrics."""

    crops: Crops
    swap: Figures
    no_swap: Figures
    """Baseline: the source itself against the truth."""
    at_best: Figures
    """Upper bound: the truth itself at the model's output resolution."""


def measure(drawings: Drawings, truth: Truth, *, align: Align) -> list[MeasuredSwap]:
    """Measure every swap against its truth. Raises TruthWrong or FinderMissing."""
    measured = []
    for side in SIDES:
        of_side = [each for each in drawings.each if each.case.into == side]
        crops = [_crops(each, drawings, truth, align) for each in of_side]
        faces = [_face(truth.finder, each.truth) for each in crops]
        measured += [
            _measured(each, faces, place, truth.finder) for place, each in enumerate(crops)
        ]
    return measured


def means(figures: Iterable[Figures]) -> dict[str, float | int | None]:
    """The mean of each metric, and the number of pictures with a detected face."""
    every = list(figures)
    num_found = sum(each.landmarks is not None for each in every)
    return {
        **{name: _mean([getattr(each, name) for each in every]) for name in Figures.__slots__},
        "pictures": len(every),
        "faces_found": num_found,
    }


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None


def _crops(drawing: Drawing, drawings: Drawings, truth: Truth, align: Align) -> Crops:
    case, size, view = drawing.case, MEASURED_SIZE, drawings.view
    picture = truth.picture(case.truth)
    landmarks = truth.landmarks(case.truth, picture)
    source_matrix = view.matrix(drawing.landmarks, size)
    matrix = view.matrix(landmarks, size) if align == "own" else source_matrix
    placed = move(matrix, landmarks)
    return Crops(
        case=case,
        source=extract(truth.picture(case.source), source_matrix, size=size),
        swap=resized(drawing.pixels, size),
        truth=extract(picture, matrix, size=size),
        mask=draw_mask(placed, height=size, width=size, kind=view.mask),
        drawn_size=len(drawing.pixels),
    )


def _measured(
    crops: Crops, truths: Sequence[DetectedFace | None], place: int, finder: Finder
) -> MeasuredSwap:
    """The metrics of one case among those of its side."""
    true = truths[place]
    people = [face for face in truths if face is not None]
    others = [face for face in people if face is not true]
    coarse = resized(resized(crops.truth, crops.drawn_size), MEASURED_SIZE)
    return MeasuredSwap(
        crops=crops,
        swap=_figures(crops.swap, crops, _face(finder, crops.swap), true, people),
        no_swap=_figures(crops.source, crops, _face(finder, crops.source), true, people),
        # Without the picture itself among the references.
        at_best=_figures(coarse, crops, _face(finder, coarse), true, others),
    )


def _figures(
    picture: Rgb,
    crops: Crops,
    face: DetectedFace | None,
    true: DetectedFace | None,
    people: Sequence[DetectedFace],
) -> Figures:
    apart = None
    if face is not None and true is not None:
        # Both detected, so that the detector's bias cancels out.
        apart = landmark_distance(face.landmarks, true.landmarks)
    return Figures(
        ssim=ssim_inside(picture, crops.truth, crops.mask),
        psnr=psnr_inside(picture, crops.truth, crops.mask),
        identity=_identity(face, people),
        landmarks=apart,
    )


def _identity(face: DetectedFace | None, people: Sequence[DetectedFace]) -> float | None:
    references = [each.descriptor for each in people if each.descriptor is not None]
    if face is None or face.descriptor is None or not references:
        return None
    return identity_distance(face.descriptor, references)


def _face(finder: Finder, crop: Rgb) -> DetectedFace | None:
    """The largest face in a crop, with its descriptor."""
    faces = cast("Sequence[DetectedFace]", finder.find(crop, descriptors=True))
    return faces[0] if faces else None
