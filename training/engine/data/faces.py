"""A release's faces: detected, aligned and extracted once, then memory-mapped."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, get_args

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from curation.files import whole_file, whole_folder, write_json
from curation.vision.alignment import FRAMES, Centring
from curation.vision.masks import MaskKind
from training.engine.data.cutting import CutOut, Cutter, ProgressCallback, cut_out_all
from training.engine.data.finder import Finder
from training.engine.data.segmentation import Segmenter
from training.engine.data.skipped import Skipped, in_words
from training.engine.errors import TooFewFaces
from training.engine.run.folder import FACES
from training.engine.run.release_folder import ReleaseFolder

FEWEST_FACES = 25
"""With fewer, a model overfits to the pictures."""
FACES_VERSION = 2
"""Increased whenever the same release would give other crops or masks."""
CHANNELS = 6
LARGEST_STORED = 640
"""Pixels; no model sees so much of a head that it needs more."""
CENTRINGS: tuple[Centring, ...] = get_args(Centring)


@dataclass(frozen=True, slots=True)
class FaceKey:
    """Cache key of a set of extracted faces."""

    manifest_sha256: str
    size: int
    """Side of the stored crop in pixels."""
    mask: MaskKind
    version: int = FACES_VERSION
    segmentation_sha256: str = ""
    """Digest of the segmentation weights; filled in by faces_of."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """Aligned faces of one person: the whole head, at full coverage."""

    pixels: NDArray[np.uint8]
    """(N, S, S, 6): red, green, blue, and the masks of face, eyes and mouth."""
    landmarks: NDArray[np.float32]
    """(N, 68, 2), in pixels of the stored crop."""
    views: dict[Centring, NDArray[np.float32]]
    """Each centring's full square inside the stored crop: (N, 3) centre x, centre y, half side.

    The stored crop spans -1 to 1 from edge to edge, as grid_sample has it without align_corners.
    """
    numbers: tuple[int, ...]
    """The release's number of each face's picture."""
    num_skipped: int
    """Pictures of the release without a usable face."""
    skipped: tuple[Skipped, ...] = ()
    """Which they are, and why."""

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, places: Sequence[int]) -> FaceSet:
        """Some of the faces, by index, copied."""
        which = np.asarray(places, dtype=np.intp)
        return FaceSet(
            pixels=np.array(self.pixels[which]),
            landmarks=self.landmarks[which],
            views={centring: view[which] for centring, view in self.views.items()},
            numbers=tuple(self.numbers[place] for place in which),
            num_skipped=self.num_skipped,
            skipped=self.skipped,
        )


def stored_size(face_side: int, *, centring: Centring, coverage: float) -> int:
    """Side, in pixels, of the stored head crop for a model that sees or draws `face_side` pixels.

    Large enough that the part of the head which the model sees need not be enlarged.
    """
    seen = FRAMES[centring].side * coverage / FRAMES["head"].side
    # Rounded first: 128 / 0.5 in floating point must not become 272.
    needed = math.ceil(round(face_side / seen / 16, 6)) * 16
    return min(needed, LARGEST_STORED)


def faces_of(
    release: ReleaseFolder,
    key: FaceKey,
    *,
    progress: ProgressCallback,
    finder: Finder,
    segmenter: Segmenter | None = None,
    processes: int | None = None,
) -> FaceSet:
    """The release's faces, from the cache beside its pictures or newly extracted.

    `progress` may raise to cancel; nothing is kept then. `processes` defaults to the fastest
    number. With a `segmenter`, the face masks come from it.
    Raises TooFewFaces, ImageMissing, ImageChanged, LandmarksWrong, FinderMissing,
    SegmentationWrong or DiskFull.
    """
    if segmenter is not None:
        key = replace(key, segmentation_sha256=segmenter.sha256)
    folder = release.path / FACES
    if not _has_key(folder, key):
        cutter = Cutter(
            release=release,
            size=key.size,
            mask=key.mask,
            finder=finder,
            known=release.known_landmarks(),
            segmenter=segmenter,
        )
        with whole_folder(folder) as partial:
            faces = cut_out_all(cutter, progress=progress, processes=processes)
            write_faces(partial, key, faces, total=len(release.images))
    face_set = read_faces(release)
    if len(face_set) < FEWEST_FACES:
        raise _too_few(face_set, release)
    return face_set


def read_faces(release: ReleaseFolder) -> FaceSet:
    """The faces that faces_of extracted, in this process or another."""
    folder = release.path / FACES
    about = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
    with np.load(folder / "views.npz", allow_pickle=False) as stored:
        views: dict[Centring, NDArray[np.float32]] = {name: stored[name] for name in CENTRINGS}
    return FaceSet(
        pixels=np.load(folder / "pixels.npy", mmap_mode="r"),
        landmarks=np.load(folder / "landmarks.npy", allow_pickle=False),
        views=views,
        numbers=tuple(about["numbers"]),
        num_skipped=about["num_skipped"],
        skipped=tuple(Skipped(**each) for each in about.get("skipped", ())),
    )


def write_faces(
    folder: Path, key: FaceKey, faces: Iterable[CutOut | Skipped], *, total: int
) -> None:
    """Fill a folder with faces as read_faces reads them."""
    kept: list[CutOut] = []
    skipped: list[Skipped] = []
    # Not through a memory map: there a full disk kills the process.
    with whole_file(folder / "pixels.npy") as partial, partial.open("wb") as file:
        start = _write_header(file, key.size, total)
        for face in faces:
            if isinstance(face, Skipped):
                skipped.append(face)
            else:
                file.write(face.pixels.tobytes())
                kept.append(_without_pixels(face))
        file.seek(0)
        if _write_header(file, key.size, len(kept)) != start:
            raise RuntimeError("the header of pixels.npy changed its length")
    landmarks = np.array([face.landmarks for face in kept], dtype=np.float32)
    np.save(folder / "landmarks.npy", landmarks.reshape(-1, 68, 2))
    views = {
        centring: np.array([face.views[centring] for face in kept], np.float32).reshape(-1, 3)
        for centring in CENTRINGS
    }
    np.savez(folder / "views.npz", allow_pickle=False, **views)
    numbers = [face.number for face in kept]
    about = {"key": asdict(key), "numbers": numbers, "num_skipped": len(skipped)}
    write_json(folder / "faces.json", {**about, "skipped": [asdict(each) for each in skipped]})


def _too_few(faces: FaceSet, release: ReleaseFolder) -> TooFewFaces:
    why = f" Not used: {in_words(faces.skipped)}." if faces.skipped else ""
    return TooFewFaces(
        f"Only {len(faces)} faces were detected in the {len(release.images)} pictures of "
        f"{release.subject} ({release.path}); training needs at least {FEWEST_FACES}.{why} "
        "Add pictures with a clearly visible face, and make the release or the run folder again.",
        subject=release.subject,
        faces=len(faces),
        images=len(release.images),
        needed=FEWEST_FACES,
    )


def _write_header(file: BinaryIO, size: int, count: int) -> int:
    """The beginning of an .npy of `count` faces; gives where the first of them starts."""
    shape = (count, size, size, CHANNELS)
    npy.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.tell()


def _without_pixels(face: CutOut) -> CutOut:
    empty = np.empty((0, 0, CHANNELS), np.uint8)
    return CutOut(face.number, empty, face.landmarks, face.views)


def _has_key(folder: Path, key: FaceKey) -> bool:
    """Whether the cache is complete and has this key."""
    try:
        about = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(about.get("key") == asdict(key))
