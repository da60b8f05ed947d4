"""The smaller copies of a picture that people look at: WebP, upright, without any metadata."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from curation import store
from curation.images.models import Image
from curation.vision.decode import decode
from curation.vision.thumbnails import encode_webp


class Derived(StrEnum):
    """The kinds of smaller copies, named as in the object store and in addresses."""

    THUMB = "thumb.webp"
    PREVIEW = "preview.webp"


_LONGEST_SIDE = {Derived.THUMB: 320, Derived.PREVIEW: 1440}
_QUALITY = {Derived.THUMB: 75, Derived.PREVIEW: 82}


def make_derived(image: Image, kind: Derived, rgb: NDArray[np.uint8]) -> bytes:
    """Keep and return the copy of `kind`, made of the upright pixels (H, W, 3)."""
    data = encode_webp(rgb, longest_side=_LONGEST_SIDE[kind], quality=_QUALITY[kind])
    store.put_derived(image.sha256, kind.value, data)
    return data


def derived_bytes(image: Image, kind: Derived) -> bytes:
    """The copy of `kind`, made now if nobody has made it before.

    Raises FileNotFoundError when the image's bytes are gone, Unreadable.
    """
    try:
        with store.open_derived(image.sha256, kind.value) as file:
            return file.read()
    except FileNotFoundError:
        return make_derived(image, kind, decode(store.get(image.sha256)).rgb)
