"""Downloads that go on where they broke off (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `first`, as many as lie before `end`."""

    first: int
    end: int


def asked_span(request: HttpRequest, *, length: int, etag: str) -> Span | None:
    """The part that is asked for of `length` bytes; None where it lies outside of them.

    The whole where no part is asked for, where the parts are several, and where the browser holds
    the beginning of something else than what `etag` names.
    """
    whole = Span(0, length)
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or not any(found.groups()):
        return whole
    if request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = found.groups()
    if not first:  # the last so many
        span = Span(max(0, length - int(last)), length)
    else:
        span = Span(int(first), min(length, int(last) + 1) if last else length)
    return span if span.first < span.end else None


def answer_in_part(
    span: Span | None, pieces: Iterator[bytes], *, length: int, etag: str, content_type: str
) -> HttpResponse | StreamingHttpResponse:
    """That part of what the pieces make together, or that there is no such part.

    What lies before it is made and thrown away: a zip's end needs the checksums of all of it.
    """
    if span is None:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{length}"
        return refused
    response = StreamingHttpResponse(_cut(pieces, span), content_type=content_type)
    if span != Span(0, length):
        response.status_code = 206
        response["Content-Range"] = f"bytes {span.first}-{span.end - 1}/{length}"
    response["Content-Length"] = str(span.end - span.first)
    return can_go_on(response, etag=etag)


def can_go_on(
    response: HttpResponse | StreamingHttpResponse, *, etag: str
) -> HttpResponse | StreamingHttpResponse:
    """The same, which says that it can be asked for in parts."""
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response


def _cut(pieces: Iterator[bytes], span: Span) -> Iterator[bytes]:
    at = 0
    for piece in pieces:
        part = piece[max(0, span.first - at) : max(0, span.end - at)]
        at += len(piece)
        if part:
            yield part
        if at >= span.end:
            return
