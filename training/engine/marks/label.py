"""The visible label of every generated picture.

China's GB 45438-2025 asks for both "AI" and "生成" in letters of at least 5 % of the picture's
shorter side; so the label is never smaller, and always in Chinese.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydantic import Field

from curation.vision.alignment import Rgb
from training.engine.phrasing import Bilingual
from training.engine.run.settings import Setting, Settings

CHINESE, BOTH = "AI 生成", "AI 生成 · AI generated"
FONT = Path(__file__).with_name("label.otf")
"""The letters of the label alone, out of Noto Sans SC; NOTICE says how to make it again."""
CAPITAL = 0.733
"""Height of its lowest letters that count, the capitals, in sizes of the font."""
LEGIBLE = 12
"""Size of the font in pixels below which nobody can read it: small pictures get at least this, as
long as it fits into them."""
SQUARE = Fraction(1)
Corner = Literal["lower-left", "lower-right", "upper-left", "upper-right"]
Size = tuple[int, int]


class LabelLook(Settings, frozen=True):
    """Where the visible words stand and how large; there is no leaving them out."""

    position: Annotated[
        Corner,
        Setting(
            title=Bilingual("Label position", "标识位置"),
            help=Bilingual(
                "Corner of the label that says it is generated.", "“AI 生成”标识放在哪个角。"
            ),
            flag="--label-position",
        ),
    ] = "lower-left"
    size: Annotated[
        float,
        Field(ge=5, le=15),
        Setting(
            title=Bilingual("Label size", "标识大小"),
            help=Bilingual(
                "Height of its capital letters, in % of the picture's shorter side.",
                "大写字母的高度，按画面短边的百分比。",
            ),
            flag="--label-size",
        ),
    ] = 5


class VisibleLabel:
    """Draws the label into a corner of pictures; cached for videos."""

    def __init__(self, look: LabelLook | None = None) -> None:
        self._look = look or LabelLook()
        self._ready_for: tuple[int, int, Fraction] | None = None
        self._patch: NDArray[np.float32] = np.zeros((0, 0, 4), np.float32)

    def draw(self, rgb: Rgb, *, pixel_aspect: Fraction = SQUARE) -> None:
        """Put the label onto a picture, uint8 (H, W, 3), in place.

        `pixel_aspect` is the width of a pixel by its height, which old films have other than 1.
        """
        height, width = rgb.shape[:2]
        short = min(height, round(width * pixel_aspect))
        if self._ready_for != (height, width, pixel_aspect):
            self._patch = self._make_patch((width, height), short)
            self._ready_for = height, width, pixel_aspect
        patch = self._patch[:height, :width]
        down, along = height - patch.shape[0], width - patch.shape[1]
        margin = short // 50
        upper, right = "upper" in self._look.position, "right" in self._look.position
        top = min(margin, down) if upper else max(0, down - margin)
        left = max(0, along - margin) if right else min(margin, along)
        place = rgb[top : top + patch.shape[0], left : left + patch.shape[1]]
        alpha = patch[..., 3:]
        place[:] = (place * (1 - alpha) + patch[..., :3] * alpha).round().astype(np.uint8)

    def _make_patch(self, room: Size, short: int) -> NDArray[np.float32]:
        """The label as float32 (h, w, 4): colours 0 to 255, and alpha 0 to 1."""
        letters = math.ceil(short * self._look.size / 100)
        text, font, pad = fitting(room, math.ceil(letters / CAPITAL))
        left, top, right, bottom = _box(font, text)
        box = Image.new("RGBA", (right - left + 2 * pad, bottom - top + 2 * pad))
        draw = ImageDraw.Draw(box)
        draw.rounded_rectangle(
            (0, 0, box.width - 1, box.height - 1), radius=pad, fill=(0, 0, 0, 160)
        )
        draw.text((pad - left, pad - top), text, font=font, fill=(255, 255, 255, 255))
        patch = np.asarray(box, dtype=np.float32).copy()
        patch[..., 3] /= 255
        return patch


def fitting(room: Size, wanted: int) -> tuple[str, ImageFont.FreeTypeFont, int]:
    """Words, font and the edge around them that fit into a picture of (width, height).

    The font has the `wanted` size in pixels, more where that is not legible. English goes where
    there is no room for both languages; Chinese stays.
    """
    for size in range(max(wanted, LEGIBLE), wanted - 1, -1):
        font, pad = ImageFont.truetype(FONT, size), max(1, size // 4)
        for text in (BOTH, CHINESE):
            left, top, right, bottom = _box(font, text)
            if right - left + 2 * pad <= room[0] and bottom - top + 2 * pad <= room[1]:
                return text, font, pad
    return CHINESE, ImageFont.truetype(FONT, wanted), 0


def _box(font: ImageFont.FreeTypeFont, text: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = font.getbbox(text)
    return math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
