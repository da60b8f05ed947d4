"""Whether a picture that was saved anew is still the one that was handed out."""

from __future__ import annotations

from curation.vision.decode import decode
from curation.vision.hashes import hamming, picture_hash

FAR_BITS = 20
"""Of 64: unrelated pictures differ in about half of them, one saved anew in a handful."""


def hash_of(data: bytes) -> int:
    """The perceptual hash of a picture file. Raises Unreadable; have it done in a child."""
    return picture_hash(decode(data).rgb)


def far_from(known: str, seen: int) -> bool:
    """Whether a hash is far from the one that is stored, in hex."""
    return hamming(int(known, 16), seen) > FAR_BITS
