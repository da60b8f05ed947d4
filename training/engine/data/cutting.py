"""Extracts the faces of a release's pictures, in parallel processes."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.releases.manifest import Entry
from curation.vision.alignment import (
    FRAMES,
    Centring,
    Points,
    Rgb,
    Square,
    crop_matrix,
    distance_to_mean,
    extract,
    views_in_head,
)
from curation.vision.alignment import apply as move
from curation.vision.decode import Unreadable, decode, open_picture
from curation.vision.faceswap_png import place_in_crop, read_faceswap, refine_detected
from curation.vision.masks import Mask, MaskKind, draw_features, draw_mask
from training.engine.data.finder import Finder
from training.engine.data.segmentation import Segmenter
from training.engine.data.skipped import Skipped, SkipReason
from training.engine.run.landmarks import KnownLandmarks
from training.engine.run.release_folder import ReleaseFolder

FACE_IN_HEAD = FRAMES["face"].side / FRAMES["head"].side
FURTHEST_FROM_MEAN = 0.2
"""Threshold in core sides: landmarks further from the mean face on average form no face."""
LEAST_CONTRAST = 8
"""Threshold: a crop with a smaller range in every colour channel is flat."""
SEARCHED_PER_PROCESS, KNOWN_PER_PROCESS = 64, 1000
"""Pictures, to be searched or with known landmarks, that are worth another process."""

ProgressCallback = Callable[[int, int], None]
"""Called with the number of pictures done and in total."""


@dataclass(frozen=True, slots=True, eq=False)
class CutOut:
    """One extracted face."""

    number: int
    """The release's number of the picture."""
    pixels: NDArray[np.uint8]
    """(S, S, 6): red, green, blue, and the masks of face, eyes and mouth."""
    landmarks: NDArray[np.float32]
    """(68, 2) in pixels of the crop."""
    views: dict[Centring, Square]
    """Each centring's full square inside the crop, which spans -1 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutter:
    """Extracts the faces of a release."""

    release: ReleaseFolder
    size: int
    """Side of the stored crop in pixels."""
    mask: MaskKind
    finder: Finder
    known: KnownLandmarks = field(default_factory=dict)
    segmenter: Segmenter | None = None
    """Segmentation model for the face mask, or for obstructions of the face."""

    def cut(self, image: Entry) -> CutOut | Skipped:
        """The largest face of a picture, or why it has no usable one.

        Raises ImageMissing or ImageChanged.
        """
        content = self.release.read_image(image)
        face = self._face_in(content, image)
        return face if isinstance(face, CutOut) else Skipped(image.number, image.file, face)

    def _face_in(self, content: bytes, image: Entry) -> CutOut | SkipReason:
        try:
            picture = decode(content).rgb
        except Unreadable:
            return "not_numbers" if _lacks_numbers(content) else "unreadable"
        landmarks = self._landmarks(image, content, picture)
        if landmarks is None:
            return "one_colour" if _is_flat(picture) else "no_face"
        return self._cut_out(picture, landmarks, image.number)

    def _cut_out(self, picture: Rgb, landmarks: Points, number: int) -> CutOut | SkipReason:
        try:
            is_strange = distance_to_mean(landmarks) > FURTHEST_FROM_MEAN
            if is_strange or not _lie_in(picture, landmarks):
                return "landmarks"
            matrix = crop_matrix(landmarks, size=self.size, coverage=1.0, centring="head")
            views = views_in_head(landmarks)
        except ValueError:
            # A false detection, whose landmarks form no face.
            return "landmarks"
        crop = extract(picture, matrix, size=self.size)
        if _is_flat(crop):
            return "one_colour"
        placed = move(matrix, landmarks)
        return CutOut(
            number=number,
            pixels=np.dstack([crop, *self._masks(crop, placed)]),
            landmarks=placed.astype(np.float32),
            views=views,
        )

    def _landmarks(self, image: Entry, content: bytes, picture: Rgb) -> Points | None:
        """The 68 points: provided, from a faceswap PNG, or detected."""
        if image.file in self.known:
            return self.known[image.file]
        height, width = picture.shape[:2]
        said = read_faceswap(content) if height == width else None
        placed = place_in_crop(said, width) if said else None
        if placed is not None:
            return placed
        faces = self.finder.find(picture, descriptors=False)
        if not faces:
            return None
        landmarks = faces[0].landmarks
        return refine_detected(said, landmarks) if said else landmarks

    def _masks(self, crop: Rgb, placed: Points) -> tuple[Mask, Mask, Mask]:
        """The masks of face, eyes and mouth of a crop."""
        size = self.size
        features = draw_features(placed, size=size, face_side=size * FACE_IN_HEAD)
        if self.segmenter is None:
            return draw_mask(placed, height=size, width=size, kind=self.mask), *features
        shown = self.segmenter.masks(crop[None])[0]
        if self.segmenter.finds_faces:
            return shown, *features
        drawn = draw_mask(placed, height=size, width=size, kind=self.mask)
        return np.minimum(drawn, shown), *features


def cut_out_all(
    cutter: Cutter, *, progress: ProgressCallback, processes: int | None = None
) -> Iterator[CutOut | Skipped]:
    """The face of each picture in order, or why it has no usable one.

    The faces do not depend on the number of processes, which defaults to the fastest.
    `progress` may raise to cancel. Raises ImageMissing or ImageChanged.
    """
    images = cutter.release.images
    total = len(images)
    progress(0, total)
    if processes is None:
        searched = sum(image.file not in cutter.known for image in images)
        worth = searched // SEARCHED_PER_PROCESS + (total - searched) // KNOWN_PER_PROCESS
        processes = min(len(os.sched_getaffinity(0)), worth)
    cut = map(cutter.cut, images) if processes < 2 else _cut_together(cutter, processes)
    for done, face in enumerate(cut, start=1):
        yield face
        progress(done, total)


def _cut_together(cutter: Cutter, processes: int) -> Iterator[CutOut | Skipped]:
    # Not forked: a copy of a process with threads, or with a GPU, may hang.
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(cutter,)
    )
    waiting: deque[Future[CutOut | Skipped]] = deque()
    try:
        for image in cutter.release.images:
            waiting.append(pool.submit(_cut, image))
            # Bounded, as finished crops wait in memory.
            if len(waiting) > 4 * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_cutters: list[Cutter] = []
"""In a worker process: its cutter."""


def _begin(cutter: Cutter) -> None:
    """Initialise a worker process."""
    _cutters.append(cutter)
    cv2.setNumThreads(1)
    # Signals are for the main process, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Exit when the main process is killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _cut(image: Entry) -> CutOut | Skipped:
    return _cutters[0].cut(image)


def _lie_in(picture: Rgb, landmarks: Points) -> bool:
    """Whether the centre of the landmarks lies in the picture."""
    x, y = np.asarray(landmarks, dtype=np.float64)[17:].mean(axis=0)
    return bool(0 <= x < picture.shape[1] and 0 <= y < picture.shape[0])


def _is_flat(rgb: Rgb) -> bool:
    return bool(np.ptp(rgb, axis=(0, 1)).max() < LEAST_CONTRAST)


def _lacks_numbers(content: bytes) -> bool:
    """Whether an unreadable picture has floating-point pixels that are NaN."""
    try:
        image = open_picture(content)
        return image.mode == "F" and not np.isfinite(np.asarray(image)).all()
    except (Unreadable, OSError, ValueError, SyntaxError):
        return False
