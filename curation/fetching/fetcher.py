"""Fetches files from the web politely, and from nowhere that only this machine can reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin

from protego import Protego

from curation.fetching.addresses import Place, place_of, visitable
from curation.fetching.failures import FetchFailed, Why
from curation.fetching.request import USER_AGENT, Answer, Body, Limits, request
from curation.fetching.turns import Turns

MAX_REDIRECTS = 5
MAX_ROBOTS_BYTES = 512 * 1024
"""RFC 9309 asks for 500 KiB."""
TRIES_WHEN_BUSY = 3
LONGEST_WAIT = 600.0
"""Seconds. A host that asks for more is left alone for the rest of the import."""
WAIT_WHEN_BUSY = 30.0
"""When it does not say how long."""
FAILURES_IN_A_ROW = 5
"""After which a host is left alone for the rest of the import."""
MAX_ADDRESSES = 3
"""Of one name, that are tried one after the other."""

_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_NOT_THERE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_NO_ACCESS = {
    *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PAYMENT_REQUIRED),
    *(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS),
}


@dataclass(frozen=True)
class Manners:
    """What one installation holds to."""

    seconds_apart: float = 1.0
    """Between two requests to a host; more, where its robots.txt asks for more."""
    loopback_too: bool = False
    """Whether this machine may visit itself: for development and tests."""


@dataclass
class Fetcher:
    """Fetches the files of one import."""

    folder: Path
    """Where the turns of hosts are kept, for all imports together."""
    while_waiting: Callable[[], object]
    """Called every half second or more often; what it raises ends the fetch."""
    limits: Limits = field(default_factory=Limits)
    manners: Manners = field(default_factory=Manners)
    _robots: dict[str, Protego | None] = field(default_factory=dict)
    """By origin; None where nothing may be fetched, for its rules cannot be read."""
    _failures: Counter[str] = field(default_factory=Counter)
    """In a row, by host."""
    _closed: dict[str, Why] = field(default_factory=dict)
    """Hosts that are left alone."""

    def __post_init__(self) -> None:
        self._turns = Turns(self.folder, self.while_waiting)

    def fetch(self, url: str, body: Body) -> None:
        """Put the bytes of the file at `url` into `body`, whatever type the server says they are.

        At every redirect anew it is asked whether the place may be visited. Raises FetchFailed,
        what `while_waiting` and `body` raise, and OSError when the folder of turns cannot be
        written to.
        """
        place = place_of(url)
        for _ in range(MAX_REDIRECTS + 1):
            robots = self._robots_of(place)
            if robots is None or not robots.can_fetch(place.url, USER_AGENT):
                raise FetchFailed(Why.ROBOTS)
            answer = self._ask(place, body, robots.crawl_delay(USER_AGENT) or 0.0)
            if answer.status not in _REDIRECTS:
                return _require_success(answer)
            place = place_of(urljoin(place.url, answer.headers.get("location", "")))
        raise FetchFailed(Why.TOO_MANY_REDIRECTS)

    def _robots_of(self, place: Place) -> Protego | None:
        """The rules of the place's host (RFC 9309): none that it lacks, and all is forbidden while
        it cannot tell them."""
        if place.origin not in self._robots:
            self._robots[place.origin] = self._read_robots(place)
        return self._robots[place.origin]

    def _read_robots(self, place: Place) -> Protego | None:
        body = Body(MAX_ROBOTS_BYTES)
        at = Place(place.scheme, place.host, place.port, "/robots.txt")
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._ask(at, body, 0.0)
            except FetchFailed as failure:
                if failure.why is Why.TOO_LARGE:
                    return None
                raise
            if answer.status not in _REDIRECTS:
                break
            at = place_of(urljoin(at.url, answer.headers.get("location", "")))
        if answer.status == HTTPStatus.OK:
            return Protego.parse(body.data.decode("utf-8", "replace"))
        return None if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else Protego.parse("")

    def _ask(self, place: Place, body: Body, crawl_delay: float) -> Answer:
        """One answer of the host, in its turn; asked again when it was too busy."""
        if why := self._closed.get(place.host):
            raise FetchFailed(why)
        apart = max(self.manners.seconds_apart, crawl_delay)
        if apart > LONGEST_WAIT:
            self._closed[place.host] = Why.HOST_BUSY
            raise FetchFailed(Why.HOST_BUSY)
        for _ in range(TRIES_WHEN_BUSY):
            with self._turns.turn(place.host, seconds_apart=apart):
                answer = self._visit(place, body)
                if answer.status not in _BUSY:
                    return answer
                pause = _retry_after(answer)
                self._turns.keep_free(place.host, min(pause, LONGEST_WAIT))
            if pause > LONGEST_WAIT:
                break
        self._closed[place.host] = Why.HOST_BUSY
        raise FetchFailed(Why.HOST_BUSY)

    def _visit(self, place: Place, body: Body) -> Answer:
        """Look the name up, check all that it leads to, and ask one of these very addresses."""
        self.while_waiting()
        addresses = visitable(place, loopback_too=self.manners.loopback_too)
        for address in addresses[:MAX_ADDRESSES]:
            try:
                answer = request(
                    place, address, body, limits=self.limits, while_waiting=self.while_waiting
                )
            except FetchFailed as failure:
                self.while_waiting()
                if failure.why is not Why.UNREACHABLE:
                    raise
            else:
                self._failures[place.host] = 0
                return answer
        self._failures[place.host] += 1
        if self._failures[place.host] >= FAILURES_IN_A_ROW:
            self._closed[place.host] = Why.UNREACHABLE
        raise FetchFailed(Why.UNREACHABLE)


def _require_success(answer: Answer) -> None:
    if answer.status == HTTPStatus.OK:
        return
    if answer.status in _NOT_THERE:
        raise FetchFailed(Why.NOT_THERE)
    raise FetchFailed(Why.NO_ACCESS if answer.status in _NO_ACCESS else Why.HOST_TROUBLE)


def _retry_after(answer: Answer) -> float:
    """Seconds that the host asks us to wait; the header is a number or a date."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return WAIT_WHEN_BUSY
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
