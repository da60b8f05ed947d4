"""A download goes on where it broke off, and never joins two different files."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from frontend.ranges import Span, answer_in_part, asked_span

ETAG = '"of-this"'


def asked(header: str | None, *, length: int = 100, **more: str) -> Span | None:
    headers = {} if header is None else {"Range": header}
    request = RequestFactory().get("/", headers=headers | more)
    return asked_span(request, length=length, etag=ETAG)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, Span(0, 100)),
        ("bytes=0-", Span(0, 100)),
        ("bytes=40-", Span(40, 100)),
        ("bytes=40-59", Span(40, 60)),
        ("bytes=40-999", Span(40, 100)),
        ("bytes=-30", Span(70, 100)),
        ("bytes=-999", Span(0, 100)),
        ("bytes=100-", None),
        ("bytes=60-59", None),
        ("bytes=-0", None),
        ("bytes=-", Span(0, 100)),
        ("bytes=1-2,5-6", Span(0, 100)),
        ("pictures=1-2", Span(0, 100)),
        ("bytes=１-", Span(0, 100)),
        ("bytes=9999999999999999999999-", Span(0, 100)),
    ],
)
def test_what_is_asked_for(header: str | None, span: Span | None) -> None:
    assert asked(header) == span


def test_whoever_holds_the_beginning_of_another_file_gets_the_whole() -> None:
    assert asked("bytes=40-", **{"If-Range": ETAG}) == Span(40, 100)
    assert asked("bytes=40-", **{"If-Range": '"of-another"'}) == Span(0, 100)


@given(st.lists(st.binary(max_size=9)), st.integers(0, 60), st.integers(1, 60))
def test_a_part_is_the_part(pieces: list[bytes], first: int, num: int) -> None:
    whole = b"".join(pieces)
    span = asked(f"bytes={first}-{first + num - 1}", length=len(whole))
    answer = answer_in_part(
        span, iter(pieces), length=len(whole), etag=ETAG, content_type="application/zip"
    )
    wanted = whole[first : first + num]
    if not wanted:
        assert answer.status_code == 416
        assert answer["Content-Range"] == f"bytes */{len(whole)}"
        return
    assert b"".join(answer.streaming_content) == wanted
    assert answer["Content-Length"] == str(len(wanted))
    assert answer.status_code == (200 if wanted == whole else 206)
