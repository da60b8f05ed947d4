"""One person's release as it lies in a run folder: the frozen list and the pictures it names."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from training.engine.config import SideConfig
from training.engine.errors import (
    ImageChanged,
    ImageMissing,
    ManifestChanged,
    ManifestMissing,
    ManifestWrong,
)

FORMAT = "winnow-release/1"


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
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestWrong(
            f"{path} does not read as a release: {error!r}. Export the release again.",
            file=str(path),
        ) from error


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
