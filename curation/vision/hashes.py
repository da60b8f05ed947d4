"""Hashes of files, and perceptual hashes of pictures and faces."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import Rgb, crop_matrix
from curation.vision.bars import without_bars
from curation.vision.levels import Levels
from curation.vision.resize import in_gray

_FACE_SIDE = 96
_SIDE, _LOW = 32, 8
"""A hash is of the lowest `_LOW` x `_LOW` frequencies of a `_SIDE` x `_SIDE` copy."""
MIRRORED_BITS = int("01010101" * _LOW, 2)
"""The bits that a mirror turns over: those of frequencies that are odd from left to right."""


def sha256_of(data: bytes) -> str:
    """The SHA-256 of the bytes in hex."""
    return hashlib.sha256(data).hexdigest()


def picture_hash(picture: Rgb | Levels) -> int:
    """The perceptual hash of an (H, W, 3) picture without the bars around it."""
    gray = in_gray(Levels.of(picture).small)
    return perceptual_hash(gray[without_bars(gray)])


def face_hash(picture: Rgb | Levels, landmarks: NDArray[np.float32]) -> int:
    """The perceptual hash of the face with these (68, 2) points, upright and alone.

    Raises ValueError when the points do not lie like a face's.
    """
    matrix = crop_matrix(landmarks, size=_FACE_SIDE, coverage=1.0)
    return perceptual_hash(in_gray(Levels.of(picture).cut(matrix, size=_FACE_SIDE)))


def perceptual_hash(gray: NDArray[np.uint8]) -> int:
    """64 bits of an (H, W) picture that change little when it does.

    The signs of its lowest frequencies, after the pHash of Zauner (2010). That compares them with
    their median; compared with zero, a mirrored picture's hash is this one with `MIRRORED_BITS`
    turned over, and need not be kept. The first bit is always set.
    """
    small = cv2.resize(gray, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    bits = cv2.dct(small)[:_LOW, :_LOW] > 0
    bits[0, 0] = True
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hamming(one: int, other: int) -> int:
    """In how many of their bits two hashes differ, 0 to 64."""
    return (one ^ other).bit_count()
