"""The one way in which bytes of pictures leave the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from curation.errors import NotFound
from curation.images.derived import Derived, derived_bytes
from curation.images.models import Image
from curation.subjects.access import PicturesHidden
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from curation.vision.decode import Unreadable


def serve_derived(image: Image, kind: Derived, request: HttpRequest) -> HttpResponseBase:
    """A smaller copy of the picture, for a person whose right to it the caller has checked.

    The browser keeps it but asks again each time, so that a withdrawn consent or a lost lease
    hides it at once; asking costs a few hundred bytes.
    Raises PicturesHidden, NotFound.
    """
    if not is_covered(image.subject, Act.CURATE):
        raise PicturesHidden
    if image.purged_at is not None:
        raise NotFound
    etag = f'"{image.sha256}-{kind.value}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_bytes(image, kind), content_type="image/webp")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _bytes(image: Image, kind: Derived) -> bytes:
    try:
        return derived_bytes(image, kind)
    except (FileNotFoundError, Unreadable) as error:
        raise NotFound from error
