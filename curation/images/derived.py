"""The smaller copies of a picture that people look at: WebP, upright, without any metadata."""

from __future__ import annotations

from enum import StrEnum

from curation import store
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.images.models import Image
from curation.vision.thumbnails import CopySize, copies_of


class Derived(StrEnum):
    """The kinds of smaller copies, named as in the object store and in addresses."""

    THUMB = "thumb.webp"
    PREVIEW = "preview.webp"


SIZES = {
    Derived.THUMB: CopySize(longest_side=320, quality=75),
    Derived.PREVIEW: CopySize(longest_side=1440, quality=82),
}
_LIMITS = Limits(seconds=20, megabytes=2000)


def derived_bytes(image: Image, kind: Derived) -> bytes:
    """The copy of `kind`, made now if nobody has made it before.

    Raises FileNotFoundError when the image's bytes are gone, Unreadable, DecoderUnavailable.
    """
    try:
        with store.open_derived(image.sha256, kind.value) as file:
            return file.read()
    except FileNotFoundError:
        (copy,) = in_child(copies_of, store.get(image.sha256), [SIZES[kind]], limits=_LIMITS)
        store.put_derived(image.sha256, kind.value, copy)
        return copy
