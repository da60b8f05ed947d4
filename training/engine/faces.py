"""A release's faces, found, aligned and cut out once, then read from a memory map."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from curation.vision.decode import Unreadable, decode
from curation.vision.faces import FaceFinder
from training.engine.alignment import Rgb, crop_matrix, extract
from training.engine.alignment import apply as move
from training.engine.durable import write_json
from training.engine.errors import TooFewFaces
from training.engine.manifest import Manifest
from training.engine.masks import Mask, MaskKind, draw_mask

FEWEST_FACES = 25
"""With fewer, a model learns the pictures by heart instead of the person."""
FACES_VERSION = 1
"""Goes up whenever the same release would give other crops or masks."""

Progress = Callable[[int, int], None]
"""Called with how many pictures are done, and of how many."""


@dataclass(frozen=True, slots=True)
class FaceKey:
    """What a set of cut-out faces was made from; another key means other faces."""

    manifest_sha256: str
    size: int
    mask: MaskKind
    version: int = FACES_VERSION


@dataclass(frozen=True, slots=True)
class CutOut:
    """One face, cut out of its picture."""

    number: int
    """The release's number of the picture."""
    crop: Rgb
    mask: Mask


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Aligned faces of one person, at full coverage."""

    crops: NDArray[np.uint8]
    """(N, size, size, 3), RGB."""
    masks: NDArray[np.uint8]
    """(N, size, size), 255 inside the face."""
    numbers: tuple[int, ...]
    """The release's number of each face's picture."""
    num_skipped: int
    """Pictures of the release in which no face was found."""

    def __len__(self) -> int:
        return len(self.crops)


def stored_size(model_input: int) -> int:
    """Side, in pixels, of the stored crop: room to turn and shift it, and half as fine again."""
    return model_input * 5 // 2


def faces_of(
    manifest: Manifest, key: FaceKey, *, progress: Progress, finder: FaceFinder
) -> FaceSet:
    """The release's faces, from the cache beside its pictures or newly cut out.

    `progress` may raise to give up; what was prepared so far is then dropped.
    Raises TooFewFaces, ImageMissing or ImageChanged.
    """
    folder = manifest.folder / "faces"
    if not _answers_to(folder, key):
        with _folder_made_whole(folder) as partial:
            faces = cut_out_all(manifest, key, progress=progress, finder=finder)
            write_faces(partial, key, faces, total=len(manifest.images))
    face_set = read_faces(manifest)
    if len(face_set) < FEWEST_FACES:
        raise TooFewFaces(
            f"Only {len(face_set)} faces were found in the {len(manifest.images)} pictures of "
            f"{manifest.subject} ({manifest.folder}); training needs at least {FEWEST_FACES}. "
            "Keep more pictures in which the face is seen from the front and make a new release.",
            subject=manifest.subject,
            faces=len(face_set),
            images=len(manifest.images),
            needed=FEWEST_FACES,
        )
    return face_set


def read_faces(manifest: Manifest) -> FaceSet:
    """The faces that faces_of prepared, in this process or another."""
    folder = manifest.folder / "faces"
    about = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
    count = len(about["numbers"])
    return FaceSet(
        crops=np.load(folder / "crops.npy", mmap_mode="r")[:count],
        masks=np.load(folder / "masks.npy", mmap_mode="r")[:count],
        numbers=tuple(about["numbers"]),
        num_skipped=about["num_skipped"],
    )


def write_faces(folder: Path, key: FaceKey, faces: Iterable[CutOut | None], *, total: int) -> None:
    """Fill a folder with faces as read_faces reads them; None stands for a picture without one."""
    size = key.size
    # Rows that no face fills stay holes at the end of the file and take no room.
    crops = open_memmap(folder / "crops.npy", "w+", np.uint8, (total, size, size, 3))
    masks = open_memmap(folder / "masks.npy", "w+", np.uint8, (total, size, size))
    numbers: list[int] = []
    for face in faces:
        if face is not None:
            crops[len(numbers)], masks[len(numbers)] = face.crop, face.mask
            numbers.append(face.number)
    crops.flush()
    masks.flush()
    about = {"key": asdict(key), "numbers": numbers, "num_skipped": total - len(numbers)}
    write_json(folder / "faces.json", about)


def cut_out_all(
    manifest: Manifest, key: FaceKey, *, progress: Progress, finder: FaceFinder
) -> Iterator[CutOut | None]:
    """The face of each picture in turn, None for one in which no face is found.

    Raises ImageMissing or ImageChanged.
    """
    total = len(manifest.images)
    progress(0, total)
    for done, image in enumerate(manifest.images, start=1):
        yield _cut_out(image.number, manifest.read_image(image), key, finder)
        progress(done, total)


def _cut_out(number: int, content: bytes, key: FaceKey, finder: FaceFinder) -> CutOut | None:
    """The largest face of a picture at full coverage."""
    try:
        picture = decode(content).rgb
    except Unreadable:
        return None
    faces = finder.find(picture, descriptors=False)
    if not faces:
        return None
    landmarks = faces[0].landmarks
    try:
        matrix = crop_matrix(landmarks, size=key.size, coverage=1.0)
    except ValueError:
        # Something was taken for a face whose landmarks lie like nobody's.
        return None
    placed = move(matrix, landmarks)
    mask = draw_mask(placed, height=key.size, width=key.size, kind=key.mask)
    return CutOut(number=number, crop=extract(picture, matrix, size=key.size), mask=mask)


def _answers_to(folder: Path, key: FaceKey) -> bool:
    """Whether the cache was finished, and made with this key."""
    try:
        about = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    return bool(about.get("key") == asdict(key))


@contextmanager
def _folder_made_whole(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; at the end it takes the name `folder` in one step."""
    for leftover in folder.parent.glob(f".{folder.name}.*.partial"):
        shutil.rmtree(leftover)
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    partial.mkdir()
    try:
        yield partial
        if folder.exists():
            folder.replace(folder.with_name(f".{folder.name}.old.partial"))
        partial.replace(folder)
    finally:
        for leftover in folder.parent.glob(f".{folder.name}.*.partial"):
            shutil.rmtree(leftover)
