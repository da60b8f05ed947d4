"""One request to one checked IP address, within limits of time and size."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from threading import Event, Timer
from time import monotonic
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from curation.fetching.addresses import Place
from curation.fetching.failures import FetchFailed, Why

USER_AGENT = "Winnow-import/1.0"
"""As robots.txt may name us."""

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "image/*, */*;q=0.5",
    "Accept-Encoding": "identity",
}
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """How long one answer may take."""

    connect_seconds: float = 10
    silent_seconds: float = 15
    """Between two pieces of the answer."""
    head_seconds: float = 25
    """From the first attempt to connect to the last of the headers."""
    total_seconds: float = 120


@dataclass(frozen=True)
class Answer:
    """What a web server said, before its body."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""


class Body:
    """Where an answer's bytes go: here into memory. Only those of success are wanted."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.data = bytearray()

    def begin(self) -> None:
        """Forget what came of an earlier answer that broke off."""
        self.data.clear()

    def add(self, piece: bytes) -> None:
        """The next bytes. Raises FetchFailed when there are too many of them."""
        self.data += piece
        if len(self.data) > self.max_bytes:
            raise FetchFailed(Why.TOO_LARGE)

    def seconds(self, limits: Limits) -> float:
        """How long all that has come so far may have taken."""
        return limits.total_seconds


def request(
    place: Place, address: str, body: Body, *, limits: Limits, while_waiting: Callable[[], object]
) -> Answer:
    """Ask `address`, an IP address, for the file at `place`; no name is looked up here.

    Its bytes go into `body`. The certificate is checked against the name. `while_waiting` is called
    for each piece that comes in. Raises FetchFailed, and what `while_waiting` and `body` raise.
    """
    connection = _connection(place, address, limits)
    since = monotonic()
    try:
        with _wrapped_errors():
            with _cut_off(connection, limits.head_seconds):
                connection.connect()
                connection.request("GET", place.target, headers=_HEADERS, preload_content=False)
                response = connection.getresponse()
            named = {name.lower(): value for name, value in response.headers.items()}
        if response.status == HTTPStatus.OK:
            _read(response, body, limits, since, while_waiting)
        return Answer(response.status, named)
    finally:
        connection.close()


def _read(
    response: HTTPResponse,
    body: Body,
    limits: Limits,
    since: float,
    while_waiting: Callable[[], object],
) -> None:
    body.begin()
    while piece := _piece(response):
        while_waiting()
        body.add(piece)
        if monotonic() - since > body.seconds(limits):
            raise FetchFailed(Why.DOWNLOAD_TOO_SLOW)
    if response.length_remaining:
        raise FetchFailed(Why.UNREACHABLE)


def _piece(response: HTTPResponse) -> bytes:
    with _wrapped_errors():
        piece: bytes = response.read1(_CHUNK, decode_content=True)
    return piece


class _Pinned(HTTPConnection):
    """A connection that goes to an address that was checked, whatever its name leads to now."""

    address: str
    connect_seconds: float
    silent_seconds: float
    wire: socket.socket | None = None
    """The socket once more: TLS takes the first one over."""

    def _new_conn(self) -> socket.socket:
        made = socket.create_connection((self.address, self.port or 0), self.connect_seconds)
        made.settimeout(self.silent_seconds)
        self.wire = made.dup()
        return made

    def close(self) -> None:
        super().close()
        if self.wire:
            self.wire.close()


class _PinnedTls(_Pinned, HTTPSConnection):
    """The same with TLS, whose certificate is checked against the name."""


def _connection(place: Place, address: str, limits: Limits) -> _Pinned:
    options: dict[str, Any] = {"port": place.port, "timeout": limits.silent_seconds}
    made: _Pinned
    if place.scheme == "https":
        made = _PinnedTls(place.host, ssl_context=ssl.create_default_context(), **options)
    else:
        made = _Pinned(place.host, **options)
    made.address = address
    made.connect_seconds, made.silent_seconds = limits.connect_seconds, limits.silent_seconds
    return made


@contextmanager
def _cut_off(connection: _Pinned, seconds: float) -> Iterator[None]:
    """End the connection when this takes longer; a server may send a byte of a header at a time."""
    is_over = Event()

    def cut() -> None:
        is_over.set()
        if connection.wire:
            with suppress(OSError):
                connection.wire.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if is_over.is_set():
            raise FetchFailed(Why.DOWNLOAD_TOO_SLOW) from error
        raise
    finally:
        timer.cancel()
    if is_over.is_set():  # headers that were cut off can look like short ones
        raise FetchFailed(Why.DOWNLOAD_TOO_SLOW)


@contextmanager
def _wrapped_errors() -> Iterator[None]:
    """What goes wrong on the way is the other side's, and never trouble of our own machine."""
    try:
        yield
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        is_of_certificate = any(
            isinstance(each, ssl.SSLCertVerificationError)
            for each in (error, error.__cause__, error.__context__, *error.args)
        )
        raise FetchFailed(Why.BAD_CERTIFICATE if is_of_certificate else Why.UNREACHABLE) from error
