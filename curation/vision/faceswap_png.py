"""Faces that faceswap cut out: PNG files that carry the landmarks of the frame they came from.

Such a file holds one `iTXt` chunk `faceswap` with a Python dict written out as text. It comes from
anywhere, so it is read as plain values, never as a program, and nothing in it is believed that
does not fit the picture. Any other file, DeepFaceLab's JPEGs among them, is a plain picture.
"""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from curation.vision.alignment import (
    FRAMES,
    FURTHEST,
    MEAN_FACE,
    Matrix,
    Points,
    apply,
    distance_to_mean,
    similarity,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OPENING = b"faceswap\0\0"
"""The chunk's keyword, and that its text is not compressed."""
LARGEST_TEXT = 2**20
"""Bytes; a face with several stored masks has a tenth of it."""
FURTHEST_APART = 0.15
"""Core sides, on average, that landmarks found in a crop may lie from where they are said to."""
CORE_IN_CROP = 1 / FRAMES["head"].side
"""What part of the crop's side the core fills; faceswap's differs a little, for its mean face."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceswapFace:
    """The face data in a faceswap PNG; unverified."""

    landmarks: Matrix
    """(68, 2) in pixels of the frame that the face was cut out of."""
    to_crop: Matrix | None
    """(2, 3) from the frame to the unit square of the crop, where a stored mask gives it."""


def read_faceswap(content: bytes) -> FaceswapFace | None:
    """The face data of a faceswap PNG; None for any other or invalid file."""
    text = _text(content)
    if text is None:
        return None
    try:
        # Values alone: names, calls and the like are refused.
        about = ast.literal_eval(text.decode())["alignments"]
        landmarks = np.array(about["landmarks_xy"], dtype=np.float64)
        to_crop = _head_matrix(about.get("mask") or {})
    except (ValueError, SyntaxError, KeyError, TypeError, AttributeError, OverflowError):
        return None
    except (MemoryError, RecursionError):  # brackets in brackets in brackets
        return None
    if landmarks.shape != (68, 2) or not (np.abs(landmarks) <= FURTHEST).all():
        return None
    return FaceswapFace(landmarks, to_crop)


def kept_landmarks(content: bytes) -> bytes | None:
    """The text of a chunk that says of the face what `read_faceswap` reads, and nothing else.

    None for any other file. For pictures that leave the site: what is left out are the names of
    the film and of the file that the face was cut out of.
    """
    face = read_faceswap(content)
    if face is None:
        return None
    about: dict[str, Any] = {"landmarks_xy": face.landmarks.tolist()}
    if face.to_crop is not None:
        matrix = face.to_crop.tolist()
        about["mask"] = {
            "head": {"stored_centering": "head", "stored_size": 1, "affine_matrix": matrix}
        }
    return repr({"alignments": about}).encode()


def place_in_crop(face: FaceswapFace, side: int) -> Matrix | None:
    """The landmarks in pixels of the crop, `side` pixels wide, where the file says enough.

    How exactly faceswap lays its crops depends on tables of its own; a mask that is stored for
    the whole head is in the same place as the crop, so its matrix is enough.
    """
    if face.to_crop is None:
        return None
    placed = apply(face.to_crop, face.landmarks) * side
    return placed if _fits(placed, side) else None


def refine_detected(face: FaceswapFace, detected: Points) -> Points:
    """The landmarks found in a crop, made better by those that its file says.

    The file's are the more exact ones, but in pixels of the frame. A turn, scale and shift lays
    them on all that were found, where single errors cancel each other out. When they lie too far
    apart, the file speaks of another face, and what was found counts.
    """
    try:
        placed = apply(similarity(face.landmarks, detected), face.landmarks)
        apart = np.linalg.norm(placed - detected, axis=1)[17:].mean() / _core_side(placed)
    except ValueError:
        return detected
    return placed if apart <= FURTHEST_APART else detected


def _text(content: bytes) -> bytes | None:
    """The text of the chunk before the pixels that faceswap leaves in its PNGs."""
    for kind, data in _chunks(content):
        if kind == b"IDAT":
            return None
        if kind == b"iTXt" and data.startswith(OPENING):
            # Then follow how it would be compressed, a language and a translated keyword.
            text = data[len(OPENING) + 1 :].split(b"\0", 2)[-1]
            return text if len(text) <= LARGEST_TEXT else None
    return None


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not content.startswith(SIGNATURE):
        return
    start = len(SIGNATURE)
    while start + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, start)
        yield kind, content[start + 8 : start + 8 + length]
        start += length + 12


def _head_matrix(masks: dict[str, Any]) -> Matrix | None:
    """From the frame to the unit square of the head, by the first mask stored for the head."""
    for mask in masks.values():
        if mask["stored_centering"] == "head":
            matrix = np.array(mask["affine_matrix"], dtype=np.float64)[:2]
            stored = float(mask["stored_size"])
            if matrix.shape == (2, 3) and np.isfinite(matrix).all() and stored > 0:
                return matrix / stored
    return None


def _fits(placed: Matrix, side: int) -> bool:
    """Whether landmarks lie in a crop as those of a head-centred face do."""
    try:
        core = _core_side(placed) / side
        strange = distance_to_mean(placed)
    except ValueError:
        return False
    inside = (placed[17:] >= 0).all() and (placed[17:] < side).all()
    return bool(inside and 0.75 < core / CORE_IN_CROP < 1.25 and strange < FURTHEST_APART)


def _core_side(landmarks: Points) -> float:
    """Pixels of the core's side."""
    to_core = similarity(landmarks[17:], MEAN_FACE)
    return float(1 / np.sqrt(np.linalg.det(to_core[:, :2])))
