"""Pictures whose colours are coded in numbers are as bright here as in the installed Chromium.

Each is drawn onto a white canvas, which is sRGB, and read back pixel by pixel.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page

from curation.vision.decode import decode
from tests.e2e.conftest import CHROMIUM, CHROMIUM_FLAGS
from tests.stories.pngs import CHRM_P3, CHRM_SRGB, gama, png

pytestmark = pytest.mark.e2e

DRAWN = """async url => {
  const image = new Image(); image.src = url; await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const brush = canvas.getContext("2d");
  brush.fillStyle = "white"; brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0);
  const pixels = brush.getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.height, canvas.width, Array.from(pixels.data)];
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    flags = [*CHROMIUM_FLAGS, "--force-color-profile=srgb"]
    in_srgb = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    yield in_srgb.new_page()
    in_srgb.close()


def as_drawn(page: Page, data: bytes, kind: str) -> NDArray[np.uint8]:
    url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    height, width, values = page.evaluate(DRAWN, url)
    return np.array(values, np.uint8).reshape(height, width, 4)[..., :3]


def ramps() -> NDArray[np.uint8]:
    """Gray from black to white, and red over a constant green and blue."""
    levels = np.arange(256, dtype=np.uint8)
    gray = np.repeat(levels[:, None], 3, axis=1)
    red = np.stack([levels, np.full(256, 128, np.uint8), np.full(256, 40, np.uint8)], axis=1)
    return np.stack([gray, gray, red, red])


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        [gama(100_000)],
        [gama(45_455)],
        [gama(45_455), CHRM_SRGB],
        [gama(45_455), CHRM_P3],
        [CHRM_P3],
        [gama(200_000)],
        [gama(31_250)],
        [gama(0)],
        [(b"sRGB", b"\0"), gama(100_000)],
        [(b"cICP", bytes([12, 13, 0, 1]))],
        [(b"cICP", bytes([1, 8, 0, 1]))],
        [(b"cICP", bytes([1, 1, 0, 1]))],
    ],
)
def test_pngs(page: Page, chunks: list[tuple[bytes, bytes]]) -> None:
    data = png(ramps(), *chunks)
    difference = np.abs(decode(data).rgb.astype(int) - as_drawn(page, data, "png"))
    assert difference.max() <= 2
    assert difference.mean() < 0.5


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
def test_hdr_is_nearly_as_bright_and_bends_otherwise_only_near_white(
    page: Page, transfer: int
) -> None:
    data = png(ramps()[:2], (b"cICP", bytes([9, transfer, 0, 1])))
    difference = np.abs(decode(data).rgb.astype(int) - as_drawn(page, data, "png"))
    assert difference.mean() < 5
    assert difference[:, :128].max() <= 6


@pytest.mark.parametrize(
    ("primaries", "transfer"), [(1, 13), (1, 1), (1, 8), (2, 2), (12, 13), (6, 6)]
)
def test_avifs(page: Page, primaries: int, transfer: int) -> None:
    buffer = BytesIO()
    large = Image.fromarray(ramps()).resize((256, 64), Image.Resampling.NEAREST)
    large.save(buffer, "AVIF", quality=100, subsampling="4:4:4")
    data = buffer.getvalue()
    at = data.index(b"nclx") + 4
    data = data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]
    difference = np.abs(decode(data).rgb.astype(int) - as_drawn(page, data, "avif"))
    assert difference.mean() < 0.5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "avif"])
def test_turned_pictures(page: Page, kind: str, orientation: int) -> None:
    quarters = np.zeros((48, 64, 3), np.uint8)
    quarters[:24, :32], quarters[:24, 32:], quarters[24:, :32] = (
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    )
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = BytesIO()
    Image.fromarray(quarters).save(buffer, kind.upper(), exif=exif, quality=95)
    rgb, drawn = decode(buffer.getvalue()).rgb, as_drawn(page, buffer.getvalue(), kind)
    assert rgb.shape == drawn.shape
    assert np.abs(rgb.astype(int) - drawn).mean() < 3
