"""Files are fetched from a real server: politely, within limits, and never from our own network."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import pytest

from curation.fetching import request as request_module
from curation.fetching.failures import FetchFailed, Why
from curation.fetching.fetcher import FAILURES_IN_A_ROW, Fetcher, Manners
from curation.fetching.request import USER_AGENT, Body, Limits
from tests.stories.web_site import Page, WebSite

MEGABYTE = 1024 * 1024


@pytest.fixture
def site() -> Iterator[WebSite]:
    running = WebSite()
    yield running
    running.stop()


@pytest.fixture
def new_fetcher(tmp_path: Path) -> Callable[..., Fetcher]:
    def make(*, seconds_apart: float = 0.0, loopback_too: bool = True, **limits: Any) -> Fetcher:
        return Fetcher(
            folder=tmp_path / "hosts",
            limits=Limits(**limits),
            while_waiting=lambda: None,
            manners=Manners(seconds_apart, loopback_too),
        )

    return make


def fetched(fetcher: Fetcher, url: str) -> bytes:
    body = Body(MEGABYTE)
    fetcher.fetch(url, body)
    return bytes(body.data)


def why(fetcher: Fetcher, url: str) -> Why:
    with pytest.raises(FetchFailed) as failure:
        fetched(fetcher, url)
    return failure.value.why


def test_it_says_who_it_is_and_takes_bytes_whatever_type_they_are_said_to_be(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/a.jpg?x=1"] = Page(b"bytes", headers={"Content-Type": "text/html"})
    assert fetched(new_fetcher(), site.url("/a.jpg?x=1#part")) == b"bytes"
    assert [each.path for each in site.asked] == ["/robots.txt", "/a.jpg?x=1"]
    assert {each.headers["User-Agent"] for each in site.asked} == {USER_AGENT}
    assert site.asked[1].headers["Host"] == f"127.0.0.1:{site.port}"


def test_without_the_setting_for_development_this_machine_is_not_visited(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/a.jpg"] = Page(b"bytes")
    fetcher = new_fetcher(loopback_too=False)
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"):
        assert why(fetcher, site.url("/a.jpg", host)) is Why.NOT_PUBLIC
    assert site.asked == []


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/"],
)
def test_a_redirect_into_a_private_network_is_not_followed(
    site: WebSite, new_fetcher: Callable[..., Fetcher], target: str
) -> None:
    site.pages["/a.jpg"] = Page(status=302, headers={"Location": target})
    assert why(new_fetcher(), site.url("/a.jpg")) is Why.NOT_PUBLIC


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://u:p@127.0.0.1/", "http://h:25/"])
def test_a_redirect_to_what_is_no_web_address_is_not_followed(
    site: WebSite, new_fetcher: Callable[..., Fetcher], target: str
) -> None:
    site.pages["/a.jpg"] = Page(status=302, headers={"Location": target})
    assert why(new_fetcher(), site.url("/a.jpg")) is Why.ODD_ADDRESS


def test_the_connection_goes_to_the_address_that_was_checked(
    site: WebSite, new_fetcher: Callable[..., Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers differently each time finds nobody who asks twice."""
    site.pages["/a.jpg"] = Page(b"bytes")
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *arguments: Any, **options: Any) -> Any:
        if host != "pictures.example":
            return real(host, *arguments, **options)
        asked.append(host)
        where = "127.0.0.1" if len(asked) % 2 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (where, site.port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert why(new_fetcher(), site.url("/a.jpg", "pictures.example")) is Why.NOT_PUBLIC
    assert [each.path for each in site.asked] == ["/robots.txt"], "the second answer was private"
    assert site.asked[0].headers["Host"] == f"pictures.example:{site.port}"
    assert len(asked) == 2, "one look-up a request, and none by the connection itself"


def test_redirects_are_followed_and_end_somewhere(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/a"] = Page(status=301, headers={"Location": "b"})
    site.pages["/b"] = Page(status=307, headers={"Location": site.url("/c.jpg")})
    site.pages["/c.jpg"] = Page(b"bytes")
    site.pages["/round"] = Page(status=302, headers={"Location": "/round"})
    assert fetched(new_fetcher(), site.url("/a")) == b"bytes"
    assert why(new_fetcher(), site.url("/round")) is Why.TOO_MANY_REDIRECTS


def test_robots_txt_is_obeyed_on_the_way_too(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/robots.txt"] = Page(
        b"User-agent: *\nDisallow: /\n\nUser-agent: winnow-import\nDisallow: /*.png$\n"
        b"Disallow: /private/\n"
    )
    site.pages["/a.jpg"] = Page(b"bytes")
    site.pages["/a.png"] = Page(b"bytes")
    site.pages["/lead"] = Page(status=302, headers={"Location": "/private/b.jpg"})
    site.pages["/private/b.jpg"] = Page(b"bytes")
    fetcher = new_fetcher()
    assert fetched(fetcher, site.url("/a.jpg")) == b"bytes"
    assert why(fetcher, site.url("/a.png")) is Why.ROBOTS
    assert why(fetcher, site.url("/lead")) is Why.ROBOTS
    assert site.paths() == ["/a.jpg", "/lead"]
    assert [each.path for each in site.asked].count("/robots.txt") == 1


def test_a_site_that_cannot_tell_its_rules_is_left_alone(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/a.jpg"] = Page(b"bytes")
    site.pages["/robots.txt"] = Page(status=500)
    assert why(new_fetcher(), site.url("/a.jpg")) is Why.ROBOTS
    site.pages["/robots.txt"] = Page(status=403)
    assert fetched(new_fetcher(), site.url("/a.jpg")) == b"bytes", "RFC 9309: no rules, no bounds"


def test_a_host_is_asked_once_at_a_time_and_not_too_often_by_whomever(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 0.4\n")
    for n in range(3):
        site.pages[f"/{n}.jpg"] = Page(b"bytes")

    def fetch_all() -> None:
        fetcher = new_fetcher(seconds_apart=0.1)
        for n in range(3):
            fetched(fetcher, site.url(f"/{n}.jpg"))

    imports = [Thread(target=fetch_all) for _ in range(2)]
    for each in imports:
        each.start()
    for each in imports:
        each.join()
    assert {each.at_once for each in site.asked} == {1}
    pictures = [each.at for each in site.asked if each.path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in pairwise(pictures)]
    assert len(pictures) == 6
    assert min(gaps) >= 0.39


@pytest.mark.parametrize("says", ["1", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_a_busy_site_is_asked_again_when_it_said(
    site: WebSite, new_fetcher: Callable[..., Fetcher], says: str
) -> None:
    def speak(out: BinaryIO) -> None:
        site.pages["/a.jpg"] = Page(b"bytes")
        out.write(f"HTTP/1.0 429 Busy\r\nRetry-After: {says}\r\n\r\n".encode())

    site.pages["/a.jpg"] = Page(speak=speak)
    assert fetched(new_fetcher(), site.url("/a.jpg")) == b"bytes"
    first, second = (each.at for each in site.asked if each.path == "/a.jpg")
    assert second - first >= (0.95 if says == "1" else 0)


def test_a_site_that_wants_to_be_left_alone_for_a_day_is(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/a.jpg"] = Page(status=503, headers={"Retry-After": "86400"})
    fetcher = new_fetcher()
    assert why(fetcher, site.url("/a.jpg")) is Why.HOST_BUSY
    assert why(fetcher, site.url("/b.jpg")) is Why.HOST_BUSY
    assert site.paths() == ["/a.jpg"], "it is not asked again"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, Why.NOT_THERE), (410, Why.NOT_THERE), (403, Why.NO_ACCESS), (500, Why.HOST_TROUBLE)],
)
def test_refusals_of_the_site_have_their_names(
    site: WebSite, new_fetcher: Callable[..., Fetcher], status: int, reason: Why
) -> None:
    site.pages["/a.jpg"] = Page(b"<html>", status=status)
    assert why(new_fetcher(), site.url("/a.jpg")) is reason


def test_what_is_too_large_is_not_read_to_its_end(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    sent = 0

    def endless(out: BinaryIO) -> None:
        nonlocal sent
        out.write(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in range(200):
            out.write(bytes(MEGABYTE))
            sent += MEGABYTE

    site.pages["/endless"] = Page(speak=endless)
    bomb = gzip.compress(bytes(64 * MEGABYTE))
    site.pages["/bomb"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    site.pages["/packed"] = Page(gzip.compress(b"bytes"), headers={"Content-Encoding": "gzip"})
    assert why(new_fetcher(), site.url("/endless")) is Why.TOO_LARGE
    assert sent < 100 * MEGABYTE
    assert why(new_fetcher(), site.url("/bomb")) is Why.TOO_LARGE
    assert fetched(new_fetcher(), site.url("/packed")) == b"bytes"


def drip(line: bytes, seconds: float) -> Callable[[BinaryIO], None]:
    def speak(out: BinaryIO) -> None:
        until = time.monotonic() + seconds
        out.write(b"HTTP/1.0 200 OK\r\n")
        while time.monotonic() < until:
            out.write(line)
            out.flush()
            time.sleep(0.05)

    return speak


def test_a_site_that_sends_a_byte_at_a_time_is_not_waited_for(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    site.pages["/headers"] = Page(speak=drip(b"X", 5))
    site.pages["/body"] = Page(speak=drip(b"\r\n\r\nx", 5))
    since = time.monotonic()
    impatient = {"head_seconds": 0.5, "total_seconds": 0.5}
    assert why(new_fetcher(**impatient), site.url("/headers")) is Why.DOWNLOAD_TOO_SLOW
    assert why(new_fetcher(**impatient), site.url("/body")) is Why.DOWNLOAD_TOO_SLOW
    assert time.monotonic() - since < 4


def rubbish(out: BinaryIO) -> None:
    out.write(b"\x00\xff" * 90_000)


def test_half_a_file_is_none(site: WebSite, new_fetcher: Callable[..., Fetcher]) -> None:
    site.pages["/half"] = Page(b"half", headers={"Content-Length": "8"})
    site.pages["/nothing"] = Page(speak=lambda _out: None)
    site.pages["/rubbish"] = Page(speak=rubbish)
    assert why(new_fetcher(), site.url("/half")) is Why.UNREACHABLE
    assert why(new_fetcher(), site.url("/nothing")) is Why.UNREACHABLE
    assert why(new_fetcher(), site.url("/rubbish")) is Why.UNREACHABLE


def test_a_host_that_never_answers_is_left_alone_after_a_while(
    new_fetcher: Callable[..., Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/a.jpg"
    tries = []
    real = request_module.socket.create_connection
    monkeypatch.setattr(
        request_module.socket, "create_connection", lambda *a: tries.append(a) or real(*a)
    )
    fetcher = new_fetcher()
    for _ in range(2 * FAILURES_IN_A_ROW):
        assert why(fetcher, url) is Why.UNREACHABLE
    assert len(tries) == FAILURES_IN_A_ROW


def test_what_waiting_raises_ends_the_fetch_and_frees_the_host(
    site: WebSite, new_fetcher: Callable[..., Fetcher]
) -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    site.pages["/a.jpg"] = Page(b"bytes")
    cancelled = new_fetcher()
    cancelled.while_waiting = cancel
    with pytest.raises(Cancelled):
        fetched(cancelled, site.url("/a.jpg"))
    assert fetched(new_fetcher(), site.url("/a.jpg")) == b"bytes"
