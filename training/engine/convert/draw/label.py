"""The visible label of every generated picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from curation.vision.alignment import Rgb
from training.engine.convert.settings import LabelLook

ENGLISH, BOTH = "AI generated", "AI generated · AI 生成"
# Fonts with Chinese glyphs, where Debian, Fedora, macOS and Windows keep them.
CHINESE_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
SMALLEST, LARGEST = 7, 96
WIDEST = 0.9
"""Share of the picture's width that the label may take."""
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class VisibleLabel:
    """Draws the label into a corner of pictures; cached for videos."""

    def __init__(self, look: LabelLook | None = None) -> None:
        self._look = look or LabelLook()
        self._path = next((path for path in CHINESE_FONTS if Path(path).is_file()), None)
        self.text = BOTH if self._path else ENGLISH
        self._ready_for: tuple[int, int] | None = None
        self._patch: NDArray[np.float32] = np.zeros((0, 0, 4), np.float32)

    def draw(self, rgb: Rgb) -> None:
        """Put the label onto a picture, uint8 (H, W, 3), in place."""
        height, width = rgb.shape[:2]
        if self._ready_for != (height, width):
            self._patch = self._make_patch(height, width)
            self._ready_for = height, width
        patch = self._patch
        margin = min(height, width) // 50
        across, along = patch.shape[1] + margin, patch.shape[0] + margin
        upper, right = "upper" in self._look.position, "right" in self._look.position
        top = margin if upper else max(0, height - along)
        left = max(0, width - across) if right else margin
        place = rgb[top : top + patch.shape[0], left : left + patch.shape[1]]
        if not upper:
            place = place[: max(0, height - margin - top)]
        fitting = patch[: place.shape[0], : place.shape[1]]
        alpha = fitting[..., 3:]
        place[:] = (place * (1 - alpha) + fitting[..., :3] * alpha).round().astype(np.uint8)

    def _make_patch(self, height: int, width: int) -> NDArray[np.float32]:
        """The label as float32 (h, w, 4): colours 0 to 255, and alpha 0 to 1."""
        size = int(np.clip(min(height, width) * self._look.size / 100, SMALLEST, LARGEST))
        font = self._font(size)
        while size > SMALLEST and self._box(font)[2] > width * WIDEST:
            size -= 1
            font = self._font(size)
        left, top, right, bottom = self._box(font)
        pad = max(2, size // 3)
        box = Image.new("RGBA", (right - left + 2 * pad, bottom - top + 2 * pad))
        draw = ImageDraw.Draw(box)
        draw.rounded_rectangle(
            (0, 0, box.width - 1, box.height - 1), radius=pad, fill=(0, 0, 0, 160)
        )
        draw.text((pad - left, pad - top), self.text, font=font, fill=(255, 255, 255, 255))
        patch = np.asarray(box, dtype=np.float32).copy()
        patch[..., 3] /= 255
        return patch

    def _font(self, size: int) -> Font:
        if self._path:
            return ImageFont.truetype(self._path, size)
        return ImageFont.load_default(size)

    def _box(self, font: Font) -> tuple[int, int, int, int]:
        left, top, right, bottom = font.getbbox(self.text)
        return int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
