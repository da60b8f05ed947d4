"""Hashes of files, and perceptual hashes of pictures."""

from __future__ import annotations

import hashlib

import imagehash
import numpy as np
from numpy.typing import NDArray

from curation.vision.decode import load_upright_rgb, open_picture

_ROWS_AT_ONCE = 256


def sha256_of(data: bytes) -> str:
    """The SHA-256 of the bytes in hex."""
    return hashlib.sha256(data).hexdigest()


def perceptual_hash(data: bytes) -> int:
    """64 bits (0 to 2**64 - 1) that change little when the picture does. Raises Unreadable."""
    image = open_picture(data)
    image.draft("L", (128, 128))  # a JPEG is decoded at 1/8 size: five times faster
    bits = imagehash.phash(load_upright_rgb(image)).hash
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hamming(one: int, other: int) -> int:
    """In how many of their bits two perceptual hashes differ, 0 to 64."""
    return (one ^ other).bit_count()


def near_pairs(hashes: NDArray[np.uint64], *, radius: int) -> NDArray[np.intp]:
    """Every pair of the (N,) hashes that differ in at most `radius` bits, as (pairs, 2) indices.

    The smaller index comes first; pairs are sorted.
    """
    near = []
    for start in range(0, len(hashes), _ROWS_AT_ONCE):
        rows = hashes[start : start + _ROWS_AT_ONCE, None]
        is_near = np.bitwise_count(rows ^ hashes[None, start:]) <= radius
        pairs = np.argwhere(np.triu(is_near, k=1)) + start
        near.append(pairs)
    return np.concatenate(near) if near else np.empty((0, 2), np.intp)
