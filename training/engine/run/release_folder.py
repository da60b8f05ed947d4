"""One person's release as it lies in a run folder: the frozen list and the pictures it names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from curation.releases.manifest import (
    IMAGES_FOLDER,
    LANDMARKS_FILE,
    MANIFEST_FILE,
    Entry,
    Manifest,
    ManifestBroken,
    decode,
    digest_of,
)
from training.engine.errors import (
    ImageChanged,
    ImageMissing,
    LandmarksWrong,
    ManifestChanged,
    ManifestMissing,
    ManifestWrong,
)
from training.engine.run.config import SideConfig
from training.engine.run.landmarks import KnownLandmarks, read_landmarks


@dataclass(frozen=True, slots=True)
class ReleaseFolder:
    """A release laid out as files, its manifest proven to be the one that was frozen."""

    path: Path
    manifest: Manifest
    manifest_sha256: str

    @property
    def subject(self) -> str:
        """Whom the pictures show."""
        return self.manifest.header.subject

    @property
    def images(self) -> tuple[Entry, ...]:
        """Those to learn from: without what is held out to measure by."""
        return tuple(entry for entry in self.manifest.entries if not entry.held_out)

    def known_landmarks(self) -> KnownLandmarks:
        """The landmarks that came with the pictures; empty where they must be found.

        Raises LandmarksWrong.
        """
        digest = self.manifest.header.landmarks_sha256
        if digest is None:
            return {}
        path = self.path / LANDMARKS_FILE
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LandmarksWrong(
                f"The landmarks at {path} cannot be read ({error.strerror}); "
                "make the run folder again.",
                file=str(path),
            ) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise LandmarksWrong(
                f"{path} is not the file that the manifest names: its SHA-256 differs. "
                "Make the run folder again.",
                file=str(path),
            )
        return read_landmarks(path, content)

    def read_image(self, image: Entry) -> bytes:
        """The bytes of a picture, exactly as released: without metadata, or the original.

        Either is found under the name that it has in an export.
        Raises ImageMissing or ImageChanged, naming the picture.
        """
        path = self._path_of(image)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ImageMissing(
                f"Picture {image.number} of the release is not at {path}; "
                "build the run folder again from the release.",
                number=image.number,
                file=str(path),
            ) from error
        if hashlib.sha256(content).hexdigest() not in {image.file_sha256, image.sha256}:
            raise ImageChanged(
                f"Picture {image.number} at {path} is not the released one: its SHA-256 differs. "
                "Build the run folder again from the release.",
                number=image.number,
                file=str(path),
            )
        return content

    def _path_of(self, image: Entry) -> Path:
        path = self.path / IMAGES_FOLDER / image.file
        original = self.path / IMAGES_FOLDER / image.original_file
        return original if original.is_file() and not path.exists() else path


def open_release(run_dir: Path, side: SideConfig) -> ReleaseFolder:
    """The release of one side of a run, checked against the digest in the run's settings.

    Raises ManifestMissing, ManifestChanged or ManifestWrong.
    """
    path = run_dir / side.folder / MANIFEST_FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestMissing(
            f"There is no manifest at {path}; build the run folder again from the release.",
            file=str(path),
        ) from error
    digest = digest_of(content)
    if digest != side.manifest_sha256:
        raise ManifestChanged(
            f"{path} is not the manifest that the run was made for: its SHA-256 is {digest}, "
            f"the run expects {side.manifest_sha256}. Build the run folder again.",
            file=str(path),
            expected=side.manifest_sha256,
            found=digest,
        )
    try:
        return ReleaseFolder(path.parent, decode(content), digest)
    except ManifestBroken as error:
        raise ManifestWrong(
            f"{path} does not read as a release: {error}. Export the release again.",
            file=str(path),
        ) from error
