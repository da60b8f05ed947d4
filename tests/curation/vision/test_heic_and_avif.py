"""Phones' pictures: HEIC and AVIF look here as they look in the phone and in a browser."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from curation.vision.decode import Measures, decode, measure
from tests.curation.vision.test_decode import STORED_AS, close, quarters, refusal, saved


def heic(image: Image.Image, **how: Any) -> bytes:
    buffer = BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **how)
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phones_heic_stands_upright(orientation: int) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED_AS[orientation](quarters())))
    exif = Image.Exif()
    exif[0x0112] = orientation

    data = heic(stored, exif=exif.tobytes())

    assert close(decode(data).rgb, quarters())
    assert measure(data) == Measures("HEIF", 64, 48)


def test_the_first_of_several_pictures_in_a_heic_is_the_picture() -> None:
    file = pillow_heif.from_pillow(Image.fromarray(quarters()))
    file.add_from_pillow(Image.new("RGB", (16, 16), "black"))
    buffer = BytesIO()
    file.save(buffer)
    assert close(decode(buffer.getvalue()).rgb, quarters())


def test_a_heic_that_says_only_that_it_is_a_heif_is_read() -> None:
    data = heic(Image.fromarray(quarters()))
    general = data[:8] + b"mif1" + data[12:]
    assert b"heic" in general[16:40]
    assert close(decode(general).rgb, quarters())


def test_a_heic_that_moves_is_refused() -> None:
    data = heic(Image.fromarray(quarters()))
    assert refusal(data[:8] + b"hevc" + data[12:]).code == "animated"


@pytest.mark.parametrize("name", ["HEIF", "AVIF"])
def test_what_is_transparent_is_white(name: str) -> None:
    layer = np.zeros((40, 60, 4), np.uint8)
    layer[:, :30, 3] = 255
    image = Image.fromarray(layer)
    rgb = decode(heic(image) if name == "HEIF" else saved(image, "AVIF")).rgb
    assert rgb[:, :26].max() < 10
    assert rgb[:, 34:].min() > 245


def coded_avif(primaries: int, transfer: int, rgb: tuple[int, int, int]) -> bytes:
    """An AVIF of one colour whose numbers mean what these code points of H.273 say."""
    data = saved(Image.new("RGB", (64, 64), rgb), "AVIF", quality=100, subsampling="4:4:4")
    at = data.index(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


@pytest.mark.parametrize(
    ("primaries", "transfer", "given", "as_in_chromium"),
    [
        (1, 13, (64, 128, 40), (64, 128, 40)),
        (1, 1, (128, 128, 128), (128, 128, 128)),
        (2, 2, (64, 128, 40), (64, 128, 40)),
        (1, 8, (64, 64, 64), (137, 137, 137)),
        (12, 13, (64, 128, 40), (31, 131, 13)),
        (12, 13, (200, 128, 40), (212, 125, 0)),
    ],
)
def test_colours_that_are_coded_in_numbers_look_as_in_a_browser(
    primaries: int,
    transfer: int,
    given: tuple[int, int, int],
    as_in_chromium: tuple[int, int, int],
) -> None:
    shown = decode(coded_avif(primaries, transfer, given)).rgb[32, 32]
    assert np.abs(shown.astype(int) - as_in_chromium).max() <= 2


@pytest.mark.parametrize("name", ["HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_one_that_was_cut_off_is_damaged(name: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    data = saved(noise, name)
    assert refusal(data[: int(share * len(data))]).code == "truncated"
