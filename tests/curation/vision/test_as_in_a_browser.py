"""PNGs and scans are as bright as in a browser, and shown when a browser shows them.

The numbers are what Chromium 156 drew onto a canvas of sRGB: `tests/e2e/test_brightness.py` asks
the Chromium that is installed.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from curation.vision.decode import decode
from tests.curation.vision.test_decode import close, quarters, refusal, saved
from tests.stories.pngs import CHRM_P3, CHRM_SRGB, gama, png, with_chunk


@pytest.mark.parametrize(
    ("chunks", "given", "as_in_chromium"),
    [
        ([], (64, 128, 200), (64, 128, 200)),
        ([gama(100_000)], (64, 128, 200), (137, 188, 229)),
        ([gama(45_455)], (64, 128, 200), (64, 128, 200)),
        ([gama(55_556)], (64, 128, 200), (81, 146, 210)),
        ([gama(31_250)], (64, 128, 200), (29, 93, 181)),
        ([gama(0)], (64, 128, 200), (64, 128, 200)),
        ([(b"sRGB", b"\0"), gama(100_000)], (64, 128, 200), (64, 128, 200)),
        ([gama(45_455), CHRM_SRGB], (10, 128, 200), (3, 129, 201)),
        ([gama(45_455), CHRM_P3], (200, 128, 40), (213, 125, 0)),
        ([CHRM_P3], (200, 128, 40), (200, 128, 40)),
        ([(b"cICP", bytes([12, 13, 0, 1]))], (200, 128, 40), (212, 124, 0)),
        ([(b"cICP", bytes([1, 8, 0, 1])), (b"sRGB", b"\0")], (64, 128, 200), (137, 188, 229)),
        ([(b"cICP", bytes([1, 1, 0, 1]))], (64, 128, 200), (54, 121, 197)),
    ],
)
def test_a_png_is_as_bright_as_in_a_browser(
    chunks: list[tuple[bytes, bytes]],
    given: tuple[int, int, int],
    as_in_chromium: tuple[int, int, int],
) -> None:
    rgb = np.full((8, 8, 3), given, np.uint8)
    shown = decode(png(rgb, *chunks)).rgb[4, 4]
    assert np.abs(shown.astype(int) - as_in_chromium).max() <= 1


@pytest.mark.parametrize("kind", ["gray", "palette", "16 bits", "half transparent"])
def test_linear_light_is_brightened_in_every_kind_of_png(kind: str) -> None:
    gray = np.full((8, 8), 64, np.uint8)
    match kind:
        case "gray":
            data, expected = png(gray, gama(100_000)), 137
        case "palette":
            palette = saved(Image.fromarray(gray).convert("RGB").quantize(2), "PNG")
            data, expected = with_chunk(palette, *gama(100_000)), 137
        case "16 bits":
            data, expected = png(gray.astype(np.uint16) * 257, gama(100_000)), 137
        case _:
            half = np.dstack([gray, gray, gray, np.full((8, 8), 128, np.uint8)])
            data, expected = png(half, gama(100_000)), 196
    assert np.abs(decode(data).rgb.astype(int) - expected).max() <= 1


def spoilt(data: bytes, kind: bytes) -> bytes:
    """The PNG with another checksum behind its first chunk of that kind."""
    at = data.index(kind)
    (length,) = struct.unpack_from(">L", data, at - 4)
    end = at + 4 + length
    return data[:end] + bytes(byte ^ 0xFF for byte in data[end : end + 4]) + data[end + 4 :]


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"tIME", b"gAMA", b"pHYs", b"prVt"])
def test_a_wrong_checksum_beside_the_picture_is_passed_over(kind: bytes) -> None:
    content = {b"gAMA": struct.pack(">L", 100_000)}.get(kind, b"Comment\0\0\0\0\0of a phone")
    data = with_chunk(saved(quarters(), "PNG"), kind, content)
    assert np.array_equal(decode(spoilt(data, kind)).rgb, quarters())


def test_a_text_that_is_too_long_to_be_read_is_passed_over() -> None:
    packed = b"workflow\0\0" + zlib.compress(bytes(2**21))
    data = with_chunk(saved(quarters(), "PNG"), b"zTXt", packed)
    assert np.array_equal(decode(data).rgb, quarters())


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE"])
def test_a_wrong_checksum_in_what_a_picture_is_drawn_from_is_damage(kind: bytes) -> None:
    data = saved(Image.fromarray(quarters()).quantize(4), "PNG")
    assert refusal(spoilt(data, kind)).code == "truncated"


def test_a_png_that_a_text_turns_is_still_turned() -> None:
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", '<x tiff:Orientation="6"/>')
    info.add_text("Comment", "a note")
    data = saved(quarters(), "PNG", pnginfo=info)
    assert decode(spoilt(data, b"tEXt")).rgb.shape == (64, 48, 3)


RAMP = np.tile(np.arange(0, 4096, 16), (4, 1))


def scan(
    levels: NDArray[np.int64], bits: int, *, photometric: int = 1, most: int | None = None
) -> bytes:
    """An unpacked TIFF of gray or RGB samples of so many bits."""
    height, width = levels.shape[:2]
    num = levels.size // (height * width)
    if bits == 16:
        data = levels.astype("<u2").tobytes()
    else:
        lines = ("".join(f"{int(v):0{bits}b}" for v in row.ravel()) for row in levels)
        data = b"".join(
            int(line.ljust(-(-len(line) // 8) * 8, "0"), 2).to_bytes(-(-len(line) // 8))
            for line in lines
        )
    fields = [(256, 3, 1, width), (257, 3, 1, height), (259, 3, 1, 1), (262, 3, 1, photometric)]
    fields += [(277, 3, 1, num), (278, 3, 1, height), (279, 4, 1, len(data))]
    fields += [(281, 3, 1, most)] if most else []
    bits_at = 8 + 2 + 12 * (len(fields) + 2) + 4
    fields += [(258, 3, num, bits if num == 1 else bits_at), (273, 4, 1, bits_at + 6)]
    out = b"II*\0" + struct.pack("<LH", 8, len(fields))
    out += b"".join(struct.pack("<HHLL", *field) for field in sorted(fields))
    return out + b"\0\0\0\0" + struct.pack("<3H", bits, bits, bits) + data


@pytest.mark.parametrize("bits", [10, 12, 14])
@pytest.mark.parametrize("num_channels", [1, 3])
def test_a_scan_of_more_than_eight_bits_is_as_bright_as_it_is_meant(
    bits: int, num_channels: int
) -> None:
    levels = RAMP >> 12 - bits if bits < 12 else RAMP << bits - 12
    photometric = 1
    if num_channels == 3:
        levels, photometric = np.repeat(levels[..., None], 3, axis=2), 2
    rgb = decode(scan(levels, bits, photometric=photometric)).rgb
    assert close(rgb, np.repeat((RAMP >> 4).astype(np.uint8)[..., None], 3, axis=2), within=1)


@pytest.mark.parametrize("num_channels", [1, 3])
def test_twelve_bits_stored_in_sixteen_are_not_dark(num_channels: int) -> None:
    levels = RAMP if num_channels == 1 else np.repeat(RAMP[..., None], 3, axis=2)
    data = scan(levels, 16, photometric=1 if num_channels == 1 else 2, most=4095)
    assert close(
        decode(data).rgb, np.repeat((RAMP >> 4).astype(np.uint8)[..., None], 3, axis=2), within=1
    )


@pytest.mark.parametrize("bits", [12, 16])
def test_a_negative_scan_is_shown_as_a_positive(bits: int) -> None:
    levels = RAMP if bits == 12 else RAMP * 16
    rgb = decode(scan(levels, bits, photometric=0)).rgb
    assert rgb[0, 0, 0] == 255
    assert rgb[0, 255, 0] == 0


def test_scans_with_red_left_and_blue_right_keep_their_sides() -> None:
    colours = np.zeros((4, 8, 3), np.int64)
    colours[:, :4, 0], colours[:, 4:, 2] = 4095, 4095
    rgb = decode(scan(colours, 12, photometric=2)).rgb
    assert rgb[0, 0].tolist() == [255, 0, 0]
    assert rgb[0, 7].tolist() == [0, 0, 255]


@pytest.mark.parametrize("length", range(8, 60, 3))
def test_a_png_that_ends_early_is_damaged(length: int) -> None:
    data = png(np.full((8, 8, 3), 7, np.uint8), gama(100_000))
    assert refusal(data[:length]).code == "truncated"
