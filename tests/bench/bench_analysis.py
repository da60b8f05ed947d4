"""How many pictures a second are analysed: ours against the usual libraries called plainly.

Both do the same to each picture, in turn: read it, hash it, find its faces, their landmarks and
descriptors; ours finds pose, sharpness and the signs that hints look at too. Counted is processor
time, so that a busy machine slows neither. "Plainly" is what `face_recognition` does when called
without options (the picture doubled in size before the search); "at full size" spares it the
doubling.

    python tests/bench/bench_analysis.py [FOLDER] [--every N]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import dlib
import imagehash
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from curation.vision.boxes import Box, shared_part
from curation.vision.decode import decode
from curation.vision.faces import FaceFinder
from curation.vision.hashes import face_hash, picture_hash
from curation.vision.levels import Levels
from curation.vision.sharpness import face_sharpness
from curation.vision.signs import signs_of
from curation.vision.sketch import sketch_of

DEMO = Path(__file__).resolve().parents[2] / "demo" / "cleaning"
BUDGET, LEAST = 7, 4
"""Times the images/s of the libraries called plainly: what is wanted, and what may not be lost."""
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}

Analyse = Callable[[Path], list[Box]]
"""Analyses one picture and says where its faces are."""


def ours() -> Analyse:
    finder = FaceFinder()

    def analyse(path: Path) -> list[Box]:
        data = path.read_bytes()
        picture = Levels(decode(data).rgb)
        picture_hash(picture)
        faces = finder.find(picture)
        for face in faces:
            face_sharpness(picture.rgb, face.landmarks)
            face_hash(picture, face.landmarks)
        sketch_of(picture, faces[0].box if faces else None)
        signs_of(picture, faces[0].landmarks if faces else None)
        return [face.box for face in faces]

    return analyse


def plain(*, doublings: int) -> Analyse:
    package = find_spec("face_recognition_models")
    assert package is not None
    assert package.submodule_search_locations
    models = Path(package.submodule_search_locations[0], "models")
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(models / "shape_predictor_68_face_landmarks.dat"))
    network = dlib.face_recognition_model_v1(
        str(models / "dlib_face_recognition_resnet_model_v1.dat")
    )

    def analyse(path: Path) -> list[Box]:
        rgb = np.array(Image.open(path).convert("RGB"))
        imagehash.phash(Image.open(path))
        frames = detector(rgb, doublings)
        for frame in frames:
            network.compute_face_descriptor(rgb, predictor(rgb, frame), 1)
        return [(frame.left(), frame.top(), frame.right(), frame.bottom()) for frame in frames]

    return analyse


def readable(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    return [path for path in files if "broken" not in path.parts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DEMO)
    parser.add_argument("--every", type=int, default=3, help="take every N-th picture")
    given = parser.parse_args()
    files = readable(given.folder)[:: given.every]

    ways = {
        "ours": ours(),
        "plainly": plain(doublings=1),
        "at full size": plain(doublings=0),
    }
    seconds = dict.fromkeys(ways, 0.0)
    boxes: dict[str, list[list[Box]]] = {name: [] for name in ways}
    for analyse in ways.values():
        analyse(files[0])  # reads the models
    for path in files:
        for name, analyse in ways.items():
            start = time.process_time()
            boxes[name].append(analyse(path))
            seconds[name] += time.process_time() - start

    for name in ways:
        num_found = sum(map(len, boxes[name]))
        speed = len(files) / seconds[name]
        print(f"{name:13} {speed:6.1f} images/s  {num_found:4} faces in {len(files)} images")
    for name in ("plainly", "at full size"):
        missed = sum(
            all(shared_part(box, mine) < 0.5 for mine in ours)
            for ours, theirs in zip(boxes["ours"], boxes[name], strict=True)
            for box in theirs
        )
        ratio = seconds[name] / seconds["ours"]
        print(f"{ratio:.1f}x the images/s of {name}; {missed} of its faces not found by ours")
    ratio = seconds["plainly"] / seconds["ours"]
    if ratio < BUDGET:
        print(f"less than the {BUDGET}x that are wanted")
    if ratio < LEAST:
        sys.exit(f"less than the {LEAST}x that there were")


if __name__ == "__main__":
    main()
