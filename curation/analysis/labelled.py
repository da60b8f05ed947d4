"""How well faces are seen in pictures whose right answers are known: no database, no store."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from curation.vision import gallery
from curation.vision.alignment import Rgb
from curation.vision.decode import decode
from curation.vision.pose import Pose, turn_of

STEP = 15
"""Degrees of yaw that are told together."""
CLEAR = {"", "duplicate", "subject_absent"}
"""Reasons that leave the face to be seen as it is: its pose can be told."""


class LabelsWrong(Exception):
    """A table of right answers cannot be read."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and its right answers."""

    path: Path
    yaw: float
    reasons: frozenset[str]
    people: tuple[str, ...]
    """Who is in it."""


class Face(Protocol):
    """What is told of a face, whoever found it."""

    @property
    def pose(self) -> Pose: ...

    @property
    def descriptor(self) -> NDArray[np.float32] | None: ...


class Finder(Protocol):
    """Whoever finds faces, the largest first: ours, or one that ours is compared with."""

    def find(self, rgb: Rgb, *, descriptors: bool) -> Sequence[Face]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What was found in a labelled picture."""

    labelled: Labelled
    faces: Sequence[Face]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How well the faces of one range of yaw were seen."""

    low: int
    pictures: int
    found: int
    """Pictures in which as many faces were found as there are people."""
    extra: int
    """Faces found where nobody is."""
    yaw_error: float | None
    """Mean, in degrees, of the clear pictures; None where there are none."""
    turn_right: float | None
    """Share of the clear pictures whose front, three-quarter or side view was told right."""
    likeness: float | None
    """How often a face of the subject is nearer to the subject's gallery than another's face."""


def labels_in(table: Path) -> Iterator[Labelled]:
    """The rows of a CSV file beside the pictures; names as they lie from its folder on.

    Columns: `path` or `file`, `yaw`, and where known `reasons`, and `identities` or `identity`,
    several parted by semicolons. Raises LabelsWrong.
    """
    try:
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                people = row.get("identities") or row.get("identity") or "?"
                yield Labelled(
                    path=table.parent / (row.get("path") or row["file"]),
                    yaw=float(row["yaw"]),
                    reasons=frozenset((row.get("reasons") or "").split(";")),
                    people=tuple(people.split(";")),
                )
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise LabelsWrong(f"{table} has no right answers to read: {error!r}") from error


def looked_at(
    labelled: Iterable[Labelled], finder: Finder, *, descriptors: bool
) -> Iterator[Looked]:
    """What is found in each picture. Raises Unreadable, WeightsMissing, OSError."""
    for each in labelled:
        rgb = decode(each.path.read_bytes()).rgb
        yield Looked(each, finder.find(rgb, descriptors=descriptors))


def table_of(looked: Sequence[Looked], compared: Compared | None = None) -> list[Row]:
    """One row for each range of yaw in which there are pictures."""
    lows = [min(int(abs(each.labelled.yaw)) // STEP * STEP, 90 - STEP) for each in looked]
    return [
        _row(low, [i for i, there in enumerate(lows) if there == low], looked, compared)
        for low in sorted(set(lows))
    ]


def covered_found(looked: Sequence[Looked]) -> tuple[int, int]:
    """In how many of the covered pictures a face was found, and how many there are."""
    covered = [each for each in looked if "covered" in each.labelled.reasons]
    return sum(bool(each.faces) for each in covered), len(covered)


def side_recall(looked: Sequence[Looked]) -> tuple[int, int]:
    """How many of the clear side views were told as such, and how many there are."""
    sides = [each for each in looked if _is_clear(each) and turn_of(each.labelled.yaw) == "side"]
    seen = [each for each in sides if len(each.faces) == 1]
    return sum(turn_of(each.faces[0].pose.yaw) == "side" for each in seen), len(sides)


@dataclass(frozen=True, slots=True)
class Compared:
    """How far the pictures with one face are from a subject's gallery."""

    subject: str
    distances: dict[int, float]
    """By the picture's place."""


def compared_with(
    subject: str,
    portraits: Sequence[Face],
    look_alikes: Sequence[Sequence[Face]],
    looked: Sequence[Looked],
) -> Compared:
    """The pictures, compared with the subject's gallery, which is grown from them all."""
    known = [i for i, each in enumerate(looked) if len(each.faces) == 1]
    faces = faces_of([looked[i].faces[0] for i in known])
    own = faces_of(portraits)
    apart = gallery.likeness(own, [faces_of(each) for each in look_alikes], faces).unlike
    return Compared(subject, dict(zip(known, apart.tolist(), strict=True)))


def faces_of(faces: Sequence[Face]) -> gallery.Faces:
    descriptors = [face.descriptor for face in faces if face.descriptor is not None]
    yaws = [face.pose.yaw for face in faces if face.descriptor is not None]
    return gallery.Faces(
        np.array(descriptors, np.float32).reshape(-1, 128), np.array(yaws, np.float32)
    )


def _row(low: int, which: list[int], looked: Sequence[Looked], compared: Compared | None) -> Row:
    here = [looked[i] for i in which]
    clear = [each for each in here if _is_clear(each) and len(each.faces) == 1]
    off = [abs(each.faces[0].pose.yaw - each.labelled.yaw) for each in clear]
    right = [turn_of(each.faces[0].pose.yaw) == turn_of(each.labelled.yaw) for each in clear]
    return Row(
        low=low,
        pictures=len(here),
        found=sum(len(each.faces) >= len(each.labelled.people) for each in here),
        extra=sum(max(0, len(each.faces) - len(each.labelled.people)) for each in here),
        yaw_error=float(np.mean(off)) if off else None,
        turn_right=float(np.mean(right)) if right else None,
        likeness=_likeness(which, looked, compared) if compared else None,
    )


def _likeness(which: list[int], looked: Sequence[Looked], compared: Compared) -> float | None:
    own: list[float] = []
    others: list[float] = []
    for i in which:
        labelled = looked[i].labelled
        if i in compared.distances and labelled.reasons <= CLEAR:
            is_subject = labelled.people == (compared.subject,)
            (own if is_subject else others).append(compared.distances[i])
    return area_under_curve(np.array(own), np.array(others)) if own and others else None


def area_under_curve(own: NDArray[np.floating], others: NDArray[np.floating]) -> float:
    """How often one of `own` is less than one of the `others`; half where they are equal."""
    less, equal = own[:, None] < others, own[:, None] == others
    return float(less.mean() + equal.mean() / 2)


def _is_clear(looked: Looked) -> bool:
    return looked.labelled.reasons <= CLEAR
