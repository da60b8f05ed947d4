"""How much a request may send, and how long it may take to send it, before anything reads it."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from curation.sources.kinds.url_list import MAX_LIST_BYTES
from curation.sources.receive_upload import MAX_UPLOAD_BYTES as MAX_SOURCE_BYTES
from curation.subjects.evidence import MAX_EVIDENCE_BYTES
from curation.subjects.served_copy import MAX_UPLOAD_BYTES as MAX_PICTURE_BYTES
from frontend.api.uploads import MAX_PIECE_BYTES
from frontend.forms.subjects import MOST_PORTRAITS_AT_ONCE
from frontend.pages.pack import MAX_PACK_BYTES
from frontend.trouble import API_PREFIX

HEADER_BYTES = 32 * 1024
API_BYTES = 64 * 1024
PAGE_BYTES = 256 * 1024
"""Of a page with a form: sign-in, settings, buttons."""
_FIELDS = PAGE_BYTES
"""What the other fields of an upload form may take."""

UPLOAD_BYTES = {
    "sources": MAX_SOURCE_BYTES + _FIELDS,
    "import_web": MAX_LIST_BYTES + _FIELDS,
    "pack": MAX_PACK_BYTES + _FIELDS,
    "consents": MAX_EVIDENCE_BYTES + _FIELDS,
    "add_portraits": MOST_PORTRAITS_AT_ONCE * MAX_PICTURE_BYTES + _FIELDS,
    "add_look_alike": MAX_PICTURE_BYTES + _FIELDS,
}
"""Pages that take files, by the name of their route."""

_PIECES = f"{API_PREFIX}v1/uploads/"
PIECE_BYTES = MAX_PIECE_BYTES
"""Of a file that comes piece by piece, each a request."""

HEADER_SECONDS = 15.0
BODY_SECONDS = 20.0
BODY_BYTES_PER_SECOND = 4 * 1024
"""A body has `BODY_SECONDS`, and more as long as it comes at least at this pace on average."""
IDLE_SECONDS = 60
"""A connection on which nothing happens is closed after so long."""


def most_bytes(path: str) -> int:
    """How large the body of a request for `path` may be."""
    if path.startswith(API_PREFIX):
        return PIECE_BYTES if path.startswith(_PIECES) else API_BYTES
    try:
        return UPLOAD_BYTES.get(resolve(path).view_name, PAGE_BYTES)
    except Resolver404:
        return PAGE_BYTES


def is_too_slow(*, seconds: float, has_headers: bool, body_bytes: int) -> bool:
    """Whether a request that began `seconds` ago and is not whole yet is waited for in vain."""
    if not has_headers:
        return seconds > HEADER_SECONDS
    return seconds > HEADER_SECONDS + BODY_SECONDS + body_bytes / BODY_BYTES_PER_SECOND
