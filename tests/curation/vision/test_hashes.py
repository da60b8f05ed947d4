from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from curation.vision.decode import Unreadable
from curation.vision.hashes import hamming, near_pairs, perceptual_hash, sha256_of
from tests.conftest import DEMO

BITS = st.integers(0, 2**64 - 1)


def portrait(name: str) -> Image.Image:
    return Image.open(DEMO / "portraits" / f"{name}.jpg")


def hash_of(image: Image.Image, name: str, **how: object) -> int:
    buffer = BytesIO()
    image.save(buffer, name, **how)
    return perceptual_hash(buffer.getvalue())


def test_bytes_are_named_by_their_sha256() -> None:
    assert sha256_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_same_picture_in_other_bytes_has_nearly_the_same_hash() -> None:
    image = portrait("ada_1")
    original = hash_of(image, "JPEG", quality=95)

    sideways = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    copies = [
        hash_of(image, "PNG"),
        hash_of(image, "WEBP", quality=70),
        hash_of(image, "JPEG", quality=30),
        hash_of(image.resize((360, 450)), "JPEG"),
        hash_of(image.point(lambda level: min(255, int(level * 1.2))), "JPEG"),
        hash_of(sideways, "JPEG", exif=exif, quality=95),
    ]

    assert 0 <= original < 2**64
    assert max(hamming(original, copy) for copy in copies) <= 4


def test_different_pictures_have_different_hashes() -> None:
    files = sorted((DEMO / "portraits").glob("[ab]*.jpg"))  # eve poses just like ada
    hashes = np.array([perceptual_hash(file.read_bytes()) for file in files], np.uint64)

    assert len(near_pairs(hashes, radius=8)) == 0


@pytest.mark.parametrize("data", [b"", b"words", b"\xff\xd8\xff\xe0"])
def test_what_cannot_be_read_has_no_hash(data: bytes) -> None:
    with pytest.raises(Unreadable):
        perceptual_hash(data)


@given(BITS, BITS, BITS)
def test_hamming_is_a_distance(one: int, two: int, three: int) -> None:
    assert hamming(one, one) == 0
    assert hamming(one, two) == hamming(two, one) == f"{one ^ two:b}".count("1")
    assert hamming(one, three) <= hamming(one, two) + hamming(two, three)


@given(st.lists(st.integers(0, 2**64 - 1), max_size=12), st.integers(0, 64))
def test_near_pairs_are_all_pairs_within_the_radius(hashes: list[int], radius: int) -> None:
    expected = [
        [first, second]
        for first in range(len(hashes))
        for second in range(first + 1, len(hashes))
        if hamming(hashes[first], hashes[second]) <= radius
    ]

    assert near_pairs(np.array(hashes, np.uint64), radius=radius).tolist() == expected


def test_near_pairs_are_found_far_apart_in_a_long_list() -> None:
    hashes = np.random.default_rng(3).integers(0, 2**64, 1000, dtype=np.uint64)
    hashes[990] = hashes[7] ^ np.uint64(0b1011)

    assert near_pairs(hashes, radius=3).tolist() == [[7, 990]]
