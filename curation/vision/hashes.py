"""Hashes of files, and perceptual hashes of pictures and faces."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
from numpy.typing import NDArray

from curation.vision.alignment import crop_matrix, extract
from curation.vision.resize import in_gray, resized

_WHOLE_SIDE = 256
"""Longest side of the copy that a whole picture is hashed from."""
_FACE_SIDE = 96
_SIDE, _LOW = 32, 8
"""A hash is of the lowest `_LOW` x `_LOW` frequencies of a `_SIDE` x `_SIDE` copy."""
_PLAIN = 12
"""Levels of 256 that a bar may vary by."""
_EDGE, _EDGE_SHARE = 24, 0.4
"""A bar ends at a line of which this share is so many levels lighter or darker."""
_MOST_FRAMES = 3
_LEAST_PICTURE = 0.25
"""Of all pixels; with larger bars there would be hardly any picture."""

MIRRORED_BITS = int("01010101" * _LOW, 2)
"""The bits that a mirror turns over: those of frequencies that are odd from left to right."""


def sha256_of(data: bytes) -> str:
    """The SHA-256 of the bytes in hex."""
    return hashlib.sha256(data).hexdigest()


def picture_hash(rgb: NDArray[np.uint8]) -> int:
    """The perceptual hash of an (H, W, 3) picture without the bars around it."""
    gray = in_gray(resized(rgb, min(1.0, _WHOLE_SIDE / max(rgb.shape))))
    return perceptual_hash(gray[without_bars(gray)])


def face_hash(rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> int:
    """The perceptual hash of the face with these (68, 2) points, upright and alone.

    Raises ValueError when the points do not lie like a face's.
    """
    matrix = crop_matrix(landmarks, size=_FACE_SIDE, coverage=1.0)
    return perceptual_hash(in_gray(extract(rgb, matrix, size=_FACE_SIDE)))


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


def without_bars(gray: NDArray[np.uint8]) -> tuple[slice, slice]:
    """The rows and columns of an (H, W) picture inside the bars and frames around it.

    Films, screens and prints put them there, one inside the other. A plain backdrop is no bar:
    where it ends, only the head rises, not half of the line.
    """
    top, left = 0, 0
    bottom, right = gray.shape
    for _ in range(_MOST_FRAMES):
        inner = gray[top:bottom, left:right]
        bars = _bar(inner), _bar(inner[::-1]), _bar(inner.T), _bar(inner.T[::-1])
        if not any(bars):
            break
        top, bottom, left, right = top + bars[0], bottom - bars[1], left + bars[2], right - bars[3]
    if (bottom - top) * (right - left) < _LEAST_PICTURE * gray.size:
        return slice(0, gray.shape[0]), slice(0, gray.shape[1])
    return slice(top, bottom), slice(left, right)


def _bar(gray: NDArray[np.uint8]) -> int:
    """How many of the first rows are a bar."""
    levels = gray.astype(np.int16)
    colour = np.median(levels[0])
    is_plain = (np.abs(levels - colour) <= _PLAIN).mean(axis=1) > 0.98
    if is_plain.all() or not is_plain[0]:
        return 0
    end = int(np.argmin(is_plain))
    # The line where it ends may be half bar, half picture.
    beyond = levels[min(end + 1, len(levels) - 1)]
    return end if (np.abs(beyond - colour) > _EDGE).mean() >= _EDGE_SHARE else 0


def hamming(one: int, other: int) -> int:
    """In how many of their bits two hashes differ, 0 to 64."""
    return (one ^ other).bit_count()
