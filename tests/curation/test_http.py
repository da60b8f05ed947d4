"""Private bytes are sent once and asked for every time."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.test import RequestFactory

from curation.http import private_bytes


def ask(*, version: str, etag: str = "") -> tuple[HttpResponseBase, list[str]]:
    """The answer to a browser that holds `etag`, and whether the bytes were read for it."""
    reads: list[str] = []

    def read() -> bytes:
        reads.append("read")
        return b"a face"

    headers = {"If-None-Match": etag} if etag else {}
    request = RequestFactory().get("/", headers=headers)
    answer = private_bytes(request, version=version, read=read, content_type="image/webp")
    return answer, reads


def test_a_browser_keeps_them_for_itself_and_asks_again_each_time() -> None:
    answer, _reads = ask(version="1")
    assert answer.status_code == 200
    assert answer.getvalue() == b"a face"
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_same_version_is_neither_read_nor_sent_again() -> None:
    etag = ask(version="1")[0]["ETag"]
    answer, reads = ask(version="1", etag=etag)
    assert (answer.status_code, reads) == (304, [])
    assert answer["Cache-Control"] == "private, no-cache"
    answer, reads = ask(version="2", etag=etag)
    assert (answer.status_code, reads) == (200, ["read"])
