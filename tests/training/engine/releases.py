"""Releases whose faces are cut out, with landmarks that are known or looked for."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from curation.vision.faces import DetectedFace, FaceFinder
from tests.training.engine.run_folders import write_release
from training.engine.data.cutting import Cutter
from training.engine.data.faces import FaceKey
from training.engine.run.config import SideConfig
from training.engine.run.release_folder import ReleaseFolder, open_release

SIZE = 80


def release_of(folder: Path, pictures: list[bytes]) -> tuple[ReleaseFolder, FaceKey]:
    digest = write_release(folder / "a", "ada", pictures)
    release = open_release(folder, SideConfig(folder="a", manifest_sha256=digest))
    return release, FaceKey(manifest_sha256=digest, size=SIZE, mask="extended")


def cutter_of(release: ReleaseFolder, finder: FaceFinder) -> Cutter:
    return Cutter(release=release, size=SIZE, mask="extended", finder=finder)


def ignore(done: int, total: int) -> None:
    """Nobody watches."""


def as_file(picture: Image.Image, kind: str) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def scenery() -> bytes:
    """A picture of nobody."""
    return as_file(Image.linear_gradient("L").convert("RGB").resize((240, 300)), "PNG")


class NeverAsked:
    """Where all landmarks are known, nothing is looked for."""

    def find(self, rgb: NDArray[np.uint8], *, descriptors: bool) -> list[DetectedFace]:
        pytest.fail("a face was looked for")


def give_landmarks(folder: Path, files: list[str], points: NDArray[np.float32]) -> ReleaseFolder:
    """Lay landmarks beside a release's pictures and name them in its manifest."""
    np.savez(folder / "a" / "landmarks.npz", files=files, lm=points)
    digest = hashlib.sha256((folder / "a" / "landmarks.npz").read_bytes()).hexdigest()
    header, *rest = (folder / "a" / "manifest.jsonl").read_text().splitlines()
    named = json.dumps({**json.loads(header), "landmarks_sha256": digest})
    content = "\n".join([named, *rest]).encode()
    (folder / "a" / "manifest.jsonl").write_bytes(content)
    side = SideConfig(folder="a", manifest_sha256=hashlib.sha256(content).hexdigest())
    return open_release(folder, side)
