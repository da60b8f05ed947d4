"""Rendered people whose names and poses are known; what is found in them is shared by all tests."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from curation.vision.decode import decode
from curation.vision.faces import DetectedFace, FaceFinder
from tests.conftest import DEMO


@dataclass(frozen=True)
class Labelled:
    """A picture with its right answers, and what was found in it."""

    path: Path
    rgb: NDArray[np.uint8]
    faces: list[DetectedFace]
    answers: dict[str, str]

    @property
    def yaw(self) -> float:
        return float(self.answers["yaw"])


def labelled_pictures(folder: Path, *reasons: str) -> list[Labelled]:
    """The pictures that are rejected for exactly one of the reasons; "" are those to keep."""
    finder = FaceFinder()
    labelled = []
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for answers in csv.DictReader(file):
            if answers["reasons"] in reasons:
                path = folder / answers["path"]
                rgb = decode(path.read_bytes()).rgb
                faces = finder.find(rgb, descriptors=False)
                labelled.append(Labelled(path, rgb, faces, answers))
    return labelled


@pytest.fixture(scope="session")
def portraits() -> dict[str, NDArray[np.uint8]]:
    """Five clear portraits each of ada, bob and eve, as "ada_1" and so on."""
    files = sorted((DEMO / "portraits").glob("*.jpg"))
    assert len(files) == 15
    return {file.stem: decode(file.read_bytes()).rgb for file in files}


@pytest.fixture(scope="session")
def portrait_faces(portraits: dict[str, NDArray[np.uint8]]) -> dict[str, DetectedFace]:
    """The one face of each portrait."""
    finder = FaceFinder()
    faces_in = {name: finder.find(rgb) for name, rgb in portraits.items()}
    assert {name: len(faces) for name, faces in faces_in.items()} == dict.fromkeys(portraits, 1)
    return {name: faces[0] for name, faces in faces_in.items()}


@pytest.fixture(scope="session")
def demo_pictures() -> list[Labelled]:
    """The demo's pictures of ada to keep, and those that are blurry."""
    return labelled_pictures(DEMO / "cleaning", "", "blurry")


@pytest.fixture(scope="session")
def covered_pictures(demo_pictures: list[Labelled]) -> list[Labelled]:
    """The same, and those in which something covers the face."""
    return [*demo_pictures, *labelled_pictures(DEMO / "cleaning", "covered")]


@pytest.fixture(scope="session")
def many_pictures(synthetic: Path) -> list[Labelled]:
    """The large set's good, blurry and strangers' pictures."""
    return labelled_pictures(synthetic / "cleaning", "", "blurry", "subject_absent", "duplicate")
