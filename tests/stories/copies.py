"""What becomes of a picture on its way through the net: the copies that people save again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

Copy = Callable[[Image.Image], Image.Image]


def cropped(left: float, top: float, right: float, bottom: float) -> Copy:
    """Cuts away these parts of width and height."""

    def crop(image: Image.Image) -> Image.Image:
        width, height = image.size
        return image.crop(
            (
                round(width * left),
                round(height * top),
                round(width * (1 - right)),
                round(height * (1 - bottom)),
            )
        )

    return crop


def framed(across: float, down: float, colour: tuple[int, int, int]) -> Copy:
    """Puts bars beside and above it, of these parts of width and height."""

    def frame(image: Image.Image) -> Image.Image:
        border = round(image.width * across), round(image.height * down)
        return ImageOps.expand(image, border, fill=colour)

    return frame


def shifted(image: Image.Image) -> Image.Image:
    """Moved up and to the left; what has come in is dark."""
    right, below = round(image.width * 0.04), round(image.height * 0.03)
    rest = image.crop((right, below, *image.size))
    return ImageOps.expand(rest, (0, 0, right, below), fill=(20, 20, 20))


def scaled(across: float, down: float) -> Copy:
    return lambda image: image.resize((round(image.width * across), round(image.height * down)))


def grey(image: Image.Image) -> Image.Image:
    return ImageOps.grayscale(image).convert("RGB")


def warm(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image) * np.array([1.12, 1.0, 0.85])
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def lifted(image: Image.Image) -> Image.Image:
    """Shadows lifted, as filters of phones do."""
    return image.point(lambda level: int(255 * (level / 255) ** 0.65 + 0.5))


def noisy(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(1).normal(0, 10, (image.height, image.width, 3))
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def captioned(image: Image.Image) -> Image.Image:
    copy = image.copy()
    width, height = copy.size
    ImageDraw.Draw(copy).text(
        (width * 0.2, height * 0.88),
        "@somebody_fans 2023",
        fill="white",
        font_size=max(12, height // 22),
        stroke_width=2,
        stroke_fill="black",
    )
    return copy


def as_it_is(image: Image.Image) -> Image.Image:
    return image


KINDS: dict[str, tuple[Copy, str, int]] = {
    "recompressed": (as_it_is, "JPEG", 25),
    "another format": (as_it_is, "WEBP", 40),
    "mirrored": (ImageOps.mirror, "JPEG", 90),
    "mirrored and cropped": (
        lambda image: cropped(0.06, 0.04, 0.03, 0.05)(ImageOps.mirror(image)),
        "JPEG",
        90,
    ),
    "cropped by 5 % all around": (cropped(0.05, 0.05, 0.05, 0.05), "JPEG", 90),
    "cropped by 12 % aside": (cropped(0.12, 0.0, 0.02, 0.10), "JPEG", 90),
    "shifted": (shifted, "JPEG", 90),
    "bars above and below": (framed(0, 0.12, (0, 0, 0)), "JPEG", 90),
    "bars beside": (framed(0.15, 0, (0, 0, 0)), "JPEG", 90),
    "white frame": (framed(0.05, 0.05, (255, 255, 255)), "JPEG", 90),
    "half as large": (scaled(0.5, 0.5), "JPEG", 90),
    "twice as large": (scaled(2, 2), "JPEG", 90),
    "squeezed": (scaled(1, 0.9), "JPEG", 90),
    "grey": (grey, "JPEG", 90),
    "brightened": (lambda image: ImageEnhance.Brightness(image).enhance(1.3), "JPEG", 90),
    "darkened": (lambda image: ImageEnhance.Brightness(image).enhance(0.6), "JPEG", 90),
    "shadows lifted": (lifted, "JPEG", 90),
    "warm": (warm, "JPEG", 90),
    "noisy": (noisy, "JPEG", 90),
    "captioned": (captioned, "JPEG", 90),
}
"""Twenty kinds: what is done, and how it is saved."""


def copy_of(image: Image.Image, kind: str) -> bytes:
    """The file of a copy of that kind."""
    change, form, quality = KINDS[kind]
    buffer = BytesIO()
    change(image.convert("RGB")).save(buffer, form, quality=quality)
    return buffer.getvalue()
