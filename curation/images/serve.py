"""The one way in which bytes of pictures leave the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from curation.decoding.process import DecoderUnavailable
from curation.errors import Busy, NotFound
from curation.http import private_bytes
from curation.images.derived import Derived, derived_bytes
from curation.images.models import Image
from curation.subjects.access import PicturesHidden
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from curation.vision.decode import Unreadable


def serve_derived(image: Image, kind: Derived, request: HttpRequest) -> HttpResponseBase:
    """A smaller copy of the picture, for a person whose right to it the caller has checked.

    Raises PicturesHidden, NotFound, Busy.
    """
    if not is_covered(image.subject, Act.CURATE):
        raise PicturesHidden
    if image.purged_at is not None:
        raise NotFound
    try:
        return private_bytes(
            request,
            version=f"{image.sha256}-{kind.value}",
            read=lambda: derived_bytes(image, kind),
            content_type="image/webp",
        )
    except DecoderUnavailable as trouble:
        raise Busy from trouble
    except (FileNotFoundError, Unreadable) as error:
        raise NotFound from error
