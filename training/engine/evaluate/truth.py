"""A folder of pictures with known ground-truth swaps."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from curation.vision.alignment import Points, Rgb
from curation.vision.decode import Unreadable, decode
from training.engine.checkpoints.checkpoint import Checkpoint
from training.engine.data.finder import Finder
from training.engine.errors import EngineError, LandmarksWrong, TruthWrong
from training.engine.run.folder import SIDES, Side
from training.engine.run.landmarks import KnownLandmarks, read_landmarks
from training.engine.run.release_folder import open_release

TABLE = "truth.csv"
"""Pairs the pictures where their names do not: columns source, truth and into (a or b)."""


@dataclass(frozen=True, slots=True)
class SwapCase:
    """One swap with known ground truth."""

    source: str
    """File name of the picture to be swapped, inside the truth's folder."""
    truth: str
    """File name of what the swap should look like."""
    into: Side
    """The side swapped in."""

    @property
    def name(self) -> str:
        return f"{PurePath(self.source).stem}_into_{self.into}"


@dataclass(frozen=True, slots=True)
class Truth:
    """A folder of source pictures and their ground-truth swaps."""

    folder: Path
    known: KnownLandmarks
    """The 68 points by file name, as far as they are known."""
    finder: Finder

    def picture(self, name: str) -> Rgb:
        """Raises TruthWrong."""
        return read_picture(self.folder / name)

    def landmarks(self, name: str, picture: Rgb) -> Points:
        """The 68 points in a picture's pixels, known or found. Raises TruthWrong, FinderMissing."""
        if name in self.known:
            return self.known[name]
        faces = self.finder.find(picture, descriptors=False)
        if not faces:
            raise TruthWrong(f"No face was detected in {self.folder / name}; remove that picture.")
        return faces[0].landmarks


def open_truth(folder: Path, *, finder: Finder, landmarks: Path | None = None) -> Truth:
    """The folder with the landmarks that are given, or lie in or beside it under a usual name.

    Raises TruthWrong or LandmarksWrong.
    """
    if not folder.is_dir():
        raise TruthWrong(
            f"There is no folder {folder}; --truth must be the folder of ground-truth pictures."
        )
    if landmarks is not None and not landmarks.is_file():
        raise LandmarksWrong(f"There is no landmarks file {landmarks}; give another one.")
    path = landmarks or _usual_landmarks(folder.resolve())
    if path is None:
        return Truth(folder, {}, finder)
    known = read_landmarks(path, path.read_bytes())
    return Truth(folder, {PurePath(name).name: known[name] for name in known}, finder)


def cases_in(
    folder: Path, names: tuple[str, str], sides: tuple[Side, ...] = SIDES
) -> list[SwapCase]:
    """The swaps into `sides` that a folder holds the ground truth of, ordered by name.

    They are listed in its truth.csv, or else paired by file name: with the people `names` of side a
    and b, ada and bob, the truth of `7_bob.jpg` swapped into a is `7_ada_as_bob.jpg`.
    Raises TruthWrong when there is none.
    """
    table = folder / TABLE
    listed = list(_listed_in(table) if table.is_file() else _named(folder, names))
    cases = [case for case in listed if case.into in sides]
    for name in (name for case in cases for name in (case.source, case.truth)):
        if PurePath(name).name != name or not (folder / name).is_file():
            raise TruthWrong(f"There is no picture {name} in {folder}, though {TABLE} names it.")
    if not cases:
        a, b = names
        raise TruthWrong(
            f"{folder} holds no ground truth: neither {TABLE} nor pictures named like 7_{b}.jpg "
            f"with 7_{a}_as_{b}.jpg. Give the names of a and b with --names."
        )
    return cases


def names_of(checkpoint: Checkpoint) -> tuple[str, str]:
    """The names of side a and b, from the releases in the checkpoint's run folder.

    Raises TruthWrong when they are not there.
    """
    run_dir, config = checkpoint.run_dir or checkpoint.path.parent, checkpoint.config
    try:
        a, b = (open_release(run_dir, side).subject.lower() for side in (config.a, config.b))
    except EngineError as error:
        raise TruthWrong(
            f"The names of a and b are unknown: {error.message} Or give them: --names ada,bob."
        ) from error
    return a, b


def read_picture(path: Path) -> Rgb:
    """Upright colours, uint8 (H, W, 3). Raises TruthWrong."""
    try:
        return decode(path.read_bytes()).rgb
    except (OSError, Unreadable) as error:
        reason = error.message if isinstance(error, Unreadable) else error
        raise TruthWrong(f"{path} cannot be read as a picture. {reason}") from error


def _named(folder: Path, names: tuple[str, str]) -> Iterator[SwapCase]:
    pictures = {path.stem: path.name for path in sorted(folder.iterdir()) if path.is_file()}
    for side, owner, target in (("a", *names), ("b", *reversed(names))):
        for stem, name in pictures.items():
            number, named_as, rest = stem.partition(f"_{owner}_as_{target}")
            source = pictures.get(f"{number}_{target}")
            if named_as and not rest and source:
                yield SwapCase(source, name, "a" if side == "a" else "b")


def _listed_in(table: Path) -> Iterator[SwapCase]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["into"] not in SIDES:
                    raise ValueError(f"into must be a or b, not {row['into']!r}")
                yield SwapCase(row["source"], row["truth"], "a" if row["into"] == "a" else "b")
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise TruthWrong(
            f"{table} cannot be used: {error!r}. It needs the columns source, truth and into."
        ) from error


def _usual_landmarks(folder: Path) -> Path | None:
    names = (f"landmarks_{folder.name}.npz", "landmarks_gt.npz", "landmarks.npz")
    places = [place / name for place in (folder, folder.parent) for name in names]
    return next((path for path in places if path.is_file()), None)
