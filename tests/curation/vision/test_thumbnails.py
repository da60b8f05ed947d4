from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from curation.vision.thumbnails import encode_webp


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((900, 720), (256, 320)),
        ((300, 1200), (320, 80)),
        ((200, 100), (100, 200)),
        ((1, 1), (1, 1)),
        ((1, 4000), (320, 1)),
    ],
    ids=["portrait", "landscape", "small stays small", "one pixel", "a line"],
)
def test_a_copy_fits_and_keeps_its_shape(shape: tuple[int, int], size: tuple[int, int]) -> None:
    copy = opened(encode_webp(np.full((*shape, 3), 90, np.uint8), longest_side=320, quality=80))

    assert copy.format == "WEBP"
    assert copy.size == size


def test_a_copy_looks_like_its_picture_and_tells_nothing_else(
    portraits: dict[str, NDArray[np.uint8]],
) -> None:
    rgb = portraits["ada_1"]

    copy = opened(encode_webp(rgb, longest_side=450, quality=85))

    halved = rgb.reshape(450, 2, 360, 2, 3).mean(axis=(1, 3))
    assert np.abs(np.asarray(copy.convert("RGB")) - halved).mean() < 4
    assert not copy.getexif()
    assert copy.info.keys().isdisjoint({"exif", "icc_profile", "xmp"})


def test_lower_quality_takes_fewer_bytes(portraits: dict[str, NDArray[np.uint8]]) -> None:
    small, large = (
        len(encode_webp(portraits["bob_1"], longest_side=400, quality=quality))
        for quality in (50, 90)
    )

    assert small < large
