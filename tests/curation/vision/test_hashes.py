from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from curation.vision.bars import without_bars
from curation.vision.decode import decode
from curation.vision.hashes import (
    MIRRORED_BITS,
    hamming,
    perceptual_hash,
    picture_hash,
    sha256_of,
)
from tests.conftest import DEMO

BITS = st.integers(0, 2**64 - 1)


def portrait(name: str) -> Image.Image:
    return Image.open(DEMO / "portraits" / f"{name}.jpg")


def hash_of(image: Image.Image, name: str, **how: object) -> int:
    buffer = BytesIO()
    image.save(buffer, name, **how)
    return picture_hash(decode(buffer.getvalue()).rgb)


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


def test_a_mirrored_picture_has_the_hash_with_the_mirrored_bits_turned_over() -> None:
    for name in ("ada_1", "bob_1", "eve_2"):
        image = portrait(name)
        mirrored = hash_of(ImageOps.mirror(image), "PNG")
        assert hamming(hash_of(image, "PNG") ^ MIRRORED_BITS, mirrored) <= 1


@given(st.integers(0, 2**32 - 1), st.sampled_from([(32, 32), (64, 96), (48, 32)]))
def test_so_has_any_picture(seed: int, size: tuple[int, int]) -> None:
    gray = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
    mirrored = perceptual_hash(np.ascontiguousarray(gray[:, ::-1]))
    assert hamming(perceptual_hash(gray) ^ MIRRORED_BITS, mirrored) <= 2


@pytest.mark.parametrize("colour", ["black", "white"])
def test_bars_around_a_picture_change_no_hash(colour: str) -> None:
    image = portrait("ada_1")
    across = ImageOps.expand(image, (90, 0), fill=colour)
    down = ImageOps.expand(image, (0, 120), fill=colour)
    framed = ImageOps.expand(ImageOps.expand(image, 40, fill="white"), (0, 60), fill="black")
    own = hash_of(image, "PNG")
    assert all(hamming(own, hash_of(each, "PNG")) <= 4 for each in (across, down, framed))


def test_a_plain_backdrop_is_no_bar() -> None:
    gray = np.full((120, 100), 90, np.uint8)
    gray[50:, 40:70] = np.random.default_rng(1).integers(0, 256, (70, 30), np.uint8)  # a head
    assert without_bars(gray) == (slice(0, 120), slice(0, 100))


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_keeps_its_size(level: int) -> None:
    gray = np.full((40, 60), level, np.uint8)
    assert without_bars(gray) == (slice(0, 40), slice(0, 60))
    assert 0 <= perceptual_hash(gray) < 2**64


@given(BITS, BITS, BITS)
def test_hamming_is_a_distance(one: int, two: int, three: int) -> None:
    assert hamming(one, one) == 0
    assert hamming(one, two) == hamming(two, one) == f"{one ^ two:b}".count("1")
    assert hamming(one, three) <= hamming(one, two) + hamming(two, three)
