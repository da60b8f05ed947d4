"""Hints on pictures whose right answers are known: no database, no store."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curation.analysis.labelled import LabelsWrong
from curation.analysis.look import Seen, SeenFace
from curation.vision import gallery
from curation.vision.duplicate_groups import badness, better_copies, face_side, goodness
from curation.vision.duplicates import NUM_DESCRIPTOR, Prints, candidates, likeness
from curation.vision.gallery import NOBODY
from curation.vision.hint_columns import Evidence, FaceSeen
from curation.vision.hints import REASONS


@dataclass(frozen=True, slots=True)
class Labelled:
    """One picture and its right answer."""

    path: Path
    reasons: frozenset[str]
    """Of its rejection; none when it is to be kept."""
    duplicate_of: Path | None


def labels_in(table: Path) -> list[Labelled]:
    """The rows of a CSV file beside the pictures; names as they lie from its folder on.

    Columns: `path` or `file`, `reasons` parted by semicolons, and where known `duplicate_of`.
    Raises LabelsWrong.
    """
    try:
        with table.open(encoding="utf-8", newline="") as file:
            return [_labelled(table.parent, row) for row in csv.DictReader(file)]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise LabelsWrong(f"{table} has no right answers to read: {error!r}") from error


def _labelled(folder: Path, row: dict[str, str]) -> Labelled:
    reasons = frozenset(reason for reason in (row["reasons"] or "").split(";") if reason)
    if unknown := reasons - set(REASONS):
        raise ValueError(f"no reason is called {', '.join(sorted(unknown))}")
    of = row.get("duplicate_of")
    return Labelled(folder / (row.get("path") or row["file"]), reasons, folder / of if of else None)


def evidence_of(
    pictures: Sequence[Seen],
    *,
    portraits: Sequence[Seen],
    look_alikes: Sequence[Sequence[Seen]] = (),
    copies: Mapping[int, int] | None = None,
    without_subject: Collection[int] = (),
) -> list[Evidence]:
    """All that hints look at, of pictures of one subject.

    `copies` is what `worse_copies` gives, where it is known already; `without_subject` are the
    places of pictures in which people said that the subject is not.
    """
    faces = [face for each in pictures for face in each.faces]
    owners = [i for i, each in enumerate(pictures) for _ in each.faces]
    near = gallery.likeness(
        faces_of(_largest(portraits)),
        [faces_of(_largest(each)) for each in look_alikes],
        faces_of(faces),
        strangers=np.isin(owners, list(without_subject)),
    )
    found: list[list[FaceSeen]] = [[] for _ in pictures]
    for place, (i, face) in enumerate(zip(owners, faces, strict=True)):
        unlike, another = float(near.unlike[place]), float(near.unlike_another[place])
        found[i].append(face_seen(face, pictures[i].size, unlike=unlike, unlike_another=another))
    copies = worse_copies(pictures) if copies is None else copies
    return [
        Evidence(tuple(found[i]), each.signs, i in copies, says_generated=False)
        for i, each in enumerate(pictures)
    ]


def face_seen(
    face: SeenFace,
    size: tuple[int, int],
    *,
    unlike: float = NOBODY,
    unlike_another: float = NOBODY,
) -> FaceSeen:
    left, top, right, bottom = face.face.box
    side = min(right - left, bottom - top)
    return FaceSeen(
        side=side,
        share=side / max(size),
        yaw=face.face.pose.yaw,
        score=face.face.score,
        occlusion=face.face.occlusion,
        sharpness=face.sharpness,
        unlike=unlike,
        unlike_another=unlike_another,
    )


def faces_of(faces: Sequence[SeenFace]) -> gallery.Faces:
    descriptors = [face.face.descriptor for face in faces]
    return gallery.Faces(
        np.array(descriptors, np.float32).reshape(-1, NUM_DESCRIPTOR),
        np.array([face.face.pose.yaw for face in faces], np.float32),
    )


def _largest(seen: Sequence[Seen]) -> list[SeenFace]:
    return [each.faces[0] for each in seen if each.faces]


def worse_copies(seen: Sequence[Seen]) -> dict[int, int]:
    """The pictures that are nearly the same as a better one, and which that is, by their places."""

    def badness_at(place: int) -> tuple[float, int, int]:
        height, width = seen[place].size
        return badness(_goodness(seen[place]), num_pixels=width * height, place=place)

    return better_copies(near_pairs(seen), badness=badness_at)


def _goodness(seen: Seen) -> float:
    if not seen.faces:
        return 0.0
    face = seen.faces[0]
    pose, side = face.face.pose, face_side(face.face.box)
    return goodness(sharpness=face.sharpness, side=side, yaw=pose.yaw, pitch=pose.pitch)


def near_pairs(seen: Sequence[Seen]) -> Iterator[tuple[int, int]]:
    """The pairs of pictures that are nearly the same, by their places."""
    for pair in candidates(prints_of(seen)):
        one, other = seen[pair.earlier].sketch, seen[pair.later].sketch
        measured = likeness(one, other, is_mirrored=pair.is_mirrored, edges_meet=pair.edges_meet)
        if measured >= pair.wanted:
            yield pair.earlier, pair.later


def prints_of(seen: Sequence[Seen]) -> Prints:
    """By what pictures are found to be worth comparing; a face counts that has a descriptor."""
    largest = [each.faces[0] if each.faces else None for each in seen]
    descriptors = [None if face is None else face.face.descriptor for face in largest]
    blank = np.zeros(NUM_DESCRIPTOR, np.float32)
    return Prints(
        hashes=np.array([each.perceptual_hash for each in seen], np.uint64),
        face_hashes=np.array([face.hash if face else 0 for face in largest], np.uint64),
        descriptors=np.array(
            [blank if each is None else each for each in descriptors], np.float32
        ).reshape(-1, NUM_DESCRIPTOR),
        has_face=np.array([each is not None for each in descriptors], np.bool_),
        shots=np.full(len(seen), -1, np.int64),
        seconds=np.zeros(len(seen)),
    )
