"""Scans of 10, 12 and 14 bits, and of fewer bits than they are stored in: OpenCV reads them."""

from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curation.vision.tiff_tags import (
    BITS,
    HEIGHT,
    ICC,
    MOST_VALUE,
    ORDERS,
    ORIENTATION,
    PHOTOMETRIC,
    WIDTH,
    fields_of,
    numbers_of,
)

_READ = frozenset((WIDTH, HEIGHT, BITS, PHOTOMETRIC, ORIENTATION, MOST_VALUE, ICC))
_UNPACKED_BITS = frozenset((10, 12, 14, 16))
_WHITE_IS_ZERO, _RGB = 0, 2


class DeepTiff:
    """A TIFF's header, and how its many bits become eight."""

    def __init__(self, data: bytes) -> None:
        """Raises ValueError for what is no such TIFF."""
        self._data = data
        order = ORDERS.get(data[:4], "")
        try:
            fields = fields_of(data, order, _READ)
            said = {tag: numbers_of(field, order) for tag, field in fields.items() if tag != ICC}
            self.size = said[WIDTH][0], said[HEIGHT][0]
            self._bits = set(said[BITS])
        except (struct.error, KeyError, IndexError) as error:
            raise ValueError("its directory is damaged") from error
        self._photometric = said.get(PHOTOMETRIC, (1,))[0]
        self._orientation = said.get(ORIENTATION, (1,))[0]
        self._most = max(said.get(MOST_VALUE, (0xFFFF,)))
        self._profile = fields[ICC].content if ICC in fields else None
        if len(self._bits) != 1 or not self._bits <= _UNPACKED_BITS or self._photometric > _RGB:
            raise ValueError("samples of another kind")

    @property
    def is_for_opencv(self) -> bool:
        """Whether Pillow would not read it, or read it too dark."""
        return self._bits != {16} or 255 <= self._most < 0xFFFF

    def image(self) -> Image.Image:
        """All its pixels, 8 bits each, as a picture that is still to be turned and coloured.

        Raises ValueError.
        """
        read = cv2.imdecode(np.frombuffer(self._data, np.uint8), cv2.IMREAD_UNCHANGED)
        if read is None or read.dtype != np.uint16:
            raise ValueError("OpenCV reads it neither")
        levels: NDArray[Any] = read
        if self._bits == {16} and levels.max(initial=0) <= self._most:
            levels = (levels.astype(np.uint32) * 256 // (self._most + 1)).astype(np.uint8)
        else:  # what has fewer bits was filled up by OpenCV
            levels = (levels >> 8).astype(np.uint8)
        if self._photometric == _WHITE_IS_ZERO:
            levels = 255 - levels
        if levels.ndim == 3:
            levels = np.ascontiguousarray(levels[..., 2::-1])
        image = Image.fromarray(levels)
        image.format = "TIFF"
        image.info["icc_profile"] = self._profile
        image.getexif()[ORIENTATION] = self._orientation
        return image
