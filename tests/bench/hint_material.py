"""Pictures with known answers, with all that hints look at: labelled ones, and ones made so.

    python tests/bench/hint_material.py FOLDER OUT.pickle [--photos FOLDER …]

FOLDER holds `cleaning`, `pair`, `profiles` and `refs`. Each picture of `pair`, `profiles` and of
the photographs is taken as it is, and covered, blurred, drawn and photographed again. Takes some
minutes; `fit_hints.py` reads what is kept.
"""

from __future__ import annotations

import argparse
import csv
import pickle
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.analysis.look import Seen, look_at
from curation.vision.decode import Unreadable, decode
from curation.vision.faces import FaceFinder
from curation.vision.signs import features_of
from tests.stories import spoilt

MADE = {
    "covered": spoilt.covered,
    "blurry": spoilt.blurred,
    "drawn": spoilt.drawn,
    "rephoto": spoilt.rephotographed,
}
OF_FACE = {"covered", "blurry"}
LARGEST = 1280
"""Photographs are made no larger than this, in pixels of the longer side."""
LEAST_FACE = 90.0
"""Pixels of a face in a picture that others are made from."""
EVERY = {"pair/ada": 6, "pair/bob": 6, "profiles": 1}


@dataclass(frozen=True, eq=False)
class Material:
    part: str
    """The folder, or "photos"."""
    path: str
    person: str
    """Who is in it; blank where nobody knows."""
    reason: str
    """Blank is to be kept."""
    duplicate_of: str
    size: tuple[int, int]
    seen: Seen
    features: np.ndarray


def material(part: str, path: str, rgb: np.ndarray, **known: str) -> Material:
    data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes()
    seen = look_at(data, [])
    landmarks = seen.faces[0].face.landmarks if seen.faces else None
    return Material(
        part=part,
        path=path,
        size=rgb.shape[:2],
        seen=seen,
        features=features_of(rgb, landmarks),
        **({"person": "", "reason": "", "duplicate_of": ""} | known),
    )


def labelled(folder: Path) -> Iterator[Material]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rgb = decode((folder / row["path"]).read_bytes()).rgb
            yield material(
                folder.name,
                row["path"],
                rgb,
                person=row["identities"],
                reason=row["reasons"],
                duplicate_of=row["duplicate_of"],
            )


def as_it_is_and_spoilt(part: str, path: Path, person: str, *, spoil: bool) -> Iterator[Material]:
    rgb = decode(path.read_bytes()).rgb
    shrink = min(1.0, LARGEST / max(rgb.shape[:2]))
    rgb = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    yield material(part, path.name, rgb, person=person)
    if not spoil:
        return
    face = face_in(rgb)
    for reason, spoilt_so in MADE.items():
        if face is None and reason in OF_FACE:
            continue
        chance = np.random.default_rng(zlib.crc32(f"{path.name} {reason}".encode()))
        landmarks = np.zeros((68, 2)) if face is None else face.astype(np.float64)
        made = spoilt_so(rgb, landmarks, chance)
        yield material(part, path.name, made, person=person, reason=reason)


def face_in(rgb: np.ndarray) -> np.ndarray | None:
    """The landmarks of the one face in a picture that is large enough."""
    faces = FaceFinder().find(rgb, descriptors=False)
    if len(faces) != 1:
        return None
    left, top, right, bottom = faces[0].box
    return faces[0].landmarks if min(right - left, bottom - top) >= LEAST_FACE else None


def of_folder(folder: Path) -> Iterator[Material]:
    yield from labelled(folder / "cleaning")
    for path in sorted((folder / "refs").glob("*.jpg")):
        yield from as_it_is_and_spoilt("refs", path, path.stem.split("_")[0], spoil=False)
    with (folder / "profiles" / "profiles.csv").open(encoding="utf-8", newline="") as file:
        people = {row["file"]: row["identity"] for row in csv.DictReader(file)}
    for part, every in EVERY.items():
        for path in sorted((folder / part).glob("*.jpg"))[::every]:
            person = people.get(path.name, part.split("/")[-1])
            yield from as_it_is_and_spoilt(part.split("/")[0], path, person, spoil=True)


def of_photos(folder: Path) -> Iterator[Material]:
    for path in sorted(folder.rglob("*.jp*g")):
        try:
            yield from as_it_is_and_spoilt("photos", path, "", spoil=True)
        except Unreadable as problem:
            print(f"{path}: {problem}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", type=Path, nargs="*", default=())
    given = parser.parse_args()
    found = list(of_folder(given.folder))
    for folder in given.photos:
        found += of_photos(folder)
    given.out.write_bytes(pickle.dumps(found))
    print(f"{len(found)} pictures")


if __name__ == "__main__":
    main()
