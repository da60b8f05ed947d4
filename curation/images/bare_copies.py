"""The copies of pictures that leave the site: without the metadata of their originals.

They lie in the object store under their own digests, so what was released stays as it was released
whatever this program learns later. A picture that has no metadata is its own bare copy.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from curation import store
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.images.models import Image
from curation.vision.bare.errors import Unstrippable
from curation.vision.bare.strip import Bare, redrawn, stripped
from curation.vision.decode import Unreadable
from curation.vision.hashes import sha256_of

_LIMITS = Limits(seconds=60, megabytes=2500)


@dataclass(frozen=True)
class BareCopy:
    """What an image row says of its bare copy."""

    sha256: str
    size_bytes: int
    format: str


def bare_of(data: bytes) -> Bare:
    """The picture without metadata; drawn anew, in a child, only if it cannot be taken apart.

    Raises Unreadable, DecoderUnavailable.
    """
    try:
        return stripped(data)
    except Unstrippable:
        return in_child(redrawn, data, limits=_LIMITS)


def keep_bare(bare: Bare) -> BareCopy:
    """Put it into the store."""
    return BareCopy(store.put(bare.data), len(bare.data), bare.format)


def images_without_bare_copy(image_ids: Collection[int]) -> list[Image]:
    """Those of the images whose bare copy was never made."""
    return list(Image.objects.filter(pk__in=image_ids, bare_sha256="").order_by("number"))


def make_bare_copy(image: Image) -> None:
    """Make the image's bare copy of its original, and note it.

    Raises FileNotFoundError, and Unreadable when the original is not what was imported any more.
    """
    data = store.get(image.sha256)
    if sha256_of(data) != image.sha256:
        raise Unreadable("truncated")
    copy = keep_bare(bare_of(data))
    Image.objects.filter(pk=image.pk).update(
        bare_sha256=copy.sha256, bare_size_bytes=copy.size_bytes, bare_format=copy.format
    )
