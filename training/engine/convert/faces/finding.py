"""Face detection in several threads, and comparison with a portrait."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Points, Rgb, distance_to_mean
from curation.vision.decode import Unreadable, decode
from curation.vision.resize import resized
from training.engine.data.cutting import FURTHEST_FROM_MEAN
from training.engine.data.finder import Finder
from training.engine.errors import ConversionRefused
from training.engine.phrasing import reason_of

MOST_WORKERS = 8
SEARCHED_SIDE = 1280
"""Longest side of the copy that is searched."""


class FrameFaceFinder(Protocol):
    """Detects the faces of a frame."""

    def find(self, number: int, rgb: Rgb) -> list[Points]:
        """The landmarks (68, 2), in pixels, of the faces in an (H, W, 3) frame."""


class FrameFinder:
    """Detects faces in a smaller copy of each frame; implausible landmarks are left out."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def find(self, number: int, rgb: Rgb) -> list[Points]:
        """Raises what the finder raises."""
        scale = min(1.0, SEARCHED_SIDE / max(rgb.shape[:2]))
        searched = resized(rgb, scale) if scale < 1 else rgb
        steps = np.array([rgb.shape[1] / searched.shape[1], rgb.shape[0] / searched.shape[0]])
        faces = self._finder.find(searched, descriptors=False)
        landmarks = [(face.landmarks + 0.5) * steps - 0.5 for face in faces]
        return [each for each in landmarks if is_plausible_face(each)]

    def describe(self, rgb: Rgb, landmarks: Points | None = None) -> NDArray[np.float32] | None:
        """The identity descriptor of the largest face, or of the one with these landmarks."""
        part = rgb if landmarks is None else _around(rgb, landmarks)
        faces = self._finder.find(np.ascontiguousarray(part), descriptors=True)
        return faces[0].descriptor if faces else None


class Likeness:
    """Identity distance of faces to a portrait."""

    def __init__(self, portrait: Path, finder: FrameFinder) -> None:
        """Raises ConversionRefused when no face is detected in the portrait."""
        self._finder = finder
        try:
            wanted = finder.describe(decode(portrait.read_bytes()).rgb)
        except (OSError, Unreadable) as error:
            reason = error.message if isinstance(error, Unreadable) else reason_of(error)
            raise ConversionRefused(f"The portrait {portrait} cannot be read. {reason}") from error
        if wanted is None:
            raise ConversionRefused(
                f"No face was detected in the portrait {portrait}; use a frontal one."
            )
        self._wanted = wanted
        self.asked: list[float | None] = []
        """Distances of all faces compared since it was cleared; None for a face without a
        descriptor."""

    def distance(self, rgb: Rgb, landmarks: Points) -> float | None:
        """Identity distance of a face, or None when it has no descriptor."""
        descriptor = self._finder.describe(rgb, landmarks)
        apart = None if descriptor is None else float(np.linalg.norm(descriptor - self._wanted))
        self.asked.append(apart)
        return apart


class Workers:
    """Face detection threads; the networks release the GIL."""

    def __init__(self, finding: FrameFaceFinder, count: int) -> None:
        self.count = count
        self._finding = finding
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="finding")

    def find(self, number: int, rgb: Rgb) -> Future[list[Points]]:
        return self._threads.submit(self._finding.find, number, rgb)

    def distance(self, likeness: Likeness, rgb: Rgb, landmarks: Points) -> Future[float | None]:
        return self._threads.submit(likeness.distance, rgb, landmarks)

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)


def num_workers(wanted: int) -> int:
    """Number of face detection threads; 0 is one per processor, up to 8."""
    return wanted or min(MOST_WORKERS, os.cpu_count() or 1)


def is_plausible_face(landmarks: Points) -> bool:
    """Whether landmarks form a face; those of false detections may not."""
    try:
        return distance_to_mean(landmarks) < FURTHEST_FROM_MEAN
    except (ValueError, np.linalg.LinAlgError):
        return False


def _around(rgb: Rgb, landmarks: Points) -> Rgb:
    """The part of a picture around a face."""
    first, last = landmarks.min(axis=0), landmarks.max(axis=0)
    reach = (last - first).max() * 0.6
    left, top = np.maximum(first - reach, 0).astype(int)
    right, bottom = np.ceil(last + reach).astype(int)
    return rgb[top:bottom, left:right]
