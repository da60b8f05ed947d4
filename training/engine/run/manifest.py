"""One person's release as it lies in a run folder: the frozen list and the pictures it names."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import FURTHEST
from training.engine.errors import (
    ImageChanged,
    ImageMissing,
    LandmarksWrong,
    ManifestChanged,
    ManifestMissing,
    ManifestWrong,
)
from training.engine.run.config import SideConfig

FORMAT = "winnow-release/1"
LANDMARKS_FILE = "landmarks.npz"

KnownLandmarks = dict[str, NDArray[np.float32]]
"""The 68 points (68, 2) in pixels of the upright picture, by file name."""


@dataclass(frozen=True, slots=True)
class ReleasedImage:
    """A picture of the release."""

    number: int
    file: str
    """File name inside the release's `images/`."""
    sha256: str
    num_bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A release: who it shows and which pictures, proven to be the ones that were frozen."""

    folder: Path
    sha256: str
    subject: str
    images: tuple[ReleasedImage, ...]
    landmarks_sha256: str | None = None
    """Digest of `landmarks.npz`, where the faces' landmarks were known beforehand."""

    def known_landmarks(self) -> KnownLandmarks:
        """The landmarks that came with the pictures; empty where they must be found.

        Raises LandmarksWrong.
        """
        if self.landmarks_sha256 is None:
            return {}
        path = self.folder / LANDMARKS_FILE
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LandmarksWrong(
                f"The landmarks at {path} cannot be read ({error.strerror}); "
                "make the run folder again.",
                file=str(path),
            ) from error
        if hashlib.sha256(content).hexdigest() != self.landmarks_sha256:
            raise LandmarksWrong(
                f"{path} is not the file that the manifest names: its SHA-256 differs. "
                "Make the run folder again.",
                file=str(path),
            )
        return read_landmarks(path, content)

    def read_image(self, image: ReleasedImage) -> bytes:
        """The bytes of a picture, exactly as released.

        Raises ImageMissing or ImageChanged, naming the picture.
        """
        path = self.folder / "images" / image.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ImageMissing(
                f"Picture {image.number} of the release is not at {path}; "
                "build the run folder again from the release.",
                number=image.number,
                file=str(path),
            ) from error
        if hashlib.sha256(content).hexdigest() != image.sha256:
            raise ImageChanged(
                f"Picture {image.number} at {path} is not the released one: its SHA-256 differs. "
                "Build the run folder again from the release.",
                number=image.number,
                file=str(path),
            )
        return content


def load_manifest(run_dir: Path, side: SideConfig) -> Manifest:
    """The release of one side of a run, checked against the digest in the run's settings.

    Raises ManifestMissing, ManifestChanged or ManifestWrong.
    """
    folder = run_dir / side.folder
    path = folder / "manifest.jsonl"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestMissing(
            f"There is no manifest at {path}; build the run folder again from the release.",
            file=str(path),
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != side.manifest_sha256:
        raise ManifestChanged(
            f"{path} is not the manifest that the run was made for: its SHA-256 is {digest}, "
            f"the run expects {side.manifest_sha256}. Build the run folder again.",
            file=str(path),
            expected=side.manifest_sha256,
            found=digest,
        )
    try:
        header, *images = [json.loads(line) for line in content.splitlines()]
        if header["format"] != FORMAT:
            raise ValueError(f"its format is {header['format']!r}, not {FORMAT!r}")
        return Manifest(
            folder=folder,
            sha256=digest,
            subject=str(header["subject"]),
            images=tuple(_released_image(entry) for entry in images),
            landmarks_sha256=header.get("landmarks_sha256"),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestWrong(
            f"{path} does not read as a release: {error!r}. Export the release again.",
            file=str(path),
        ) from error


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
            "mend or drop them.",
            file=str(path),
            picture=wrong,
        )
    return dict(zip(files, points.astype(np.float32), strict=True))


def _released_image(entry: dict[str, Any]) -> ReleasedImage:
    file = str(entry["file"])
    # A name from a file must never lead out of its folder.
    if PurePath(file).name != file or file in {"", ".", ".."}:
        raise ValueError(f"{file!r} is no plain file name")
    return ReleasedImage(
        number=int(entry["number"]),
        file=file,
        sha256=str(entry["sha256"]),
        num_bytes=int(entry["bytes"]),
    )
