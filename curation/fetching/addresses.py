"""Which machines may be visited: those that everybody can reach, and none of our own network.

Whoever may name addresses could otherwise have the server read what only it can reach: its own
services, its neighbours, the machine that hands out its credentials (OWASP's "server-side request
forgery"). A name proves nothing, for its owner may let it lead anywhere, and elsewhere a moment
later. So a name is looked up once, everything that it leads to is checked, and the connection goes
to what was checked.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from curation.fetching.failures import FetchFailed, Why

_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024
"""Below it listen mail, databases and the like, which a request must not be sent to."""
_NAT64 = IPv6Network("64:ff9b::/96")
_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
"""Which not every Python knows to be no ordinary addresses (IANA's special-purpose registry)."""


@dataclass(frozen=True)
class Place:
    """Where a file lies on the web, taken apart."""

    scheme: str
    host: str
    """Lower case, as it goes over the wire: `xn--…` for a name in other letters."""
    port: int
    target: str
    """Path and query, percent-encoded."""

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        suffix = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{suffix}"

    @property
    def url(self) -> str:
        return self.origin + self.target


def place_of(url: str) -> Place:
    """The address taken apart. Raises FetchFailed for what is none, or holds a password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = _host_of(parts)
    except ValueError as error:
        raise FetchFailed(Why.ODD_ADDRESS) from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or parts.username is not None or parts.password is not None:
        raise FetchFailed(Why.ODD_ADDRESS)
    port = _PORTS[scheme] if port is None else port
    if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        raise FetchFailed(Why.ODD_ADDRESS)
    return Place(scheme, host, port, _target_of(parts))


def _host_of(parts: SplitResult) -> str:
    """Raises ValueError, of which a wrong name in other letters is one."""
    host = (parts.hostname or "").rstrip(".")
    if not host or any(letter.isspace() or letter in "\\%" for letter in host):
        raise ValueError("no host")
    return host if ":" in host else host.encode("idna").decode("ascii").lower()


def _target_of(parts: SplitResult) -> str:
    """Path and query with all that may not stand in a request line percent-encoded, once."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.startswith("/"):
        target = f"/{target}"
    return "".join(
        letter if "!" <= letter <= "~" else "".join(f"%{byte:02X}" for byte in letter.encode())
        for letter in target
    )


def visitable(place: Place, *, loopback_too: bool) -> list[str]:
    """The IP addresses that the place's name leads to, when every one may be visited.

    `loopback_too` lets this machine visit itself: for development and tests.
    Raises FetchFailed with NO_SUCH_HOST or NOT_PUBLIC.
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(Why.NO_SUCH_HOST) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise FetchFailed(Why.NO_SUCH_HOST)
    for address in addresses:
        if not may_be_visited(address, loopback_too=loopback_too):
            raise FetchFailed(Why.NOT_PUBLIC)
    return addresses


def may_be_visited(address: str, *, loopback_too: bool = False) -> bool:
    """Whether everybody can reach this IP address, and all addresses that are wrapped in it."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if loopback_too and ip.is_loopback:
        return True
    if isinstance(ip, IPv6Address) and (meant := _stands_for(ip)):
        return _is_public(meant)
    return all(_is_public(each) for each in (ip, *_led_through(ip)))


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    # `is_global` is false for private, loopback, link-local (with 169.254.169.254), shared (CGNAT,
    # 100.64/10), documentation and unspecified addresses.
    is_odd = ip.is_multicast or ip.is_reserved or ip.is_unspecified
    if isinstance(ip, IPv4Address):
        return ip.is_global and not is_odd and not any(ip in each for each in _SPECIAL)
    return ip.is_global and not is_odd and not ip.is_site_local and ip.scope_id is None


def _stands_for(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this is only another way to write: mapped, or by a NAT64 (DNS64)."""
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.ipv4_mapped


def _led_through(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses that a router may take out of an IPv6 one: 6to4 and Teredo."""
    if isinstance(ip, IPv4Address):
        return []
    return [each for each in (ip.sixtofour, *(ip.teredo or ())) if each is not None]
