"""Where a request came from: exact enough to count failures, or coarse enough to be kept."""

from __future__ import annotations

import ipaddress

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

UNKNOWN = "unknown"
"""Of a request through a socket file, which has no address."""


def address_of(request: HttpRequest) -> str:
    """The visitor's address, as far as `TRUSTED_PROXIES` says whom to believe.

    A request with fewer entries of X-Forwarded-For than there are proxies came past them, so it
    is its own word that is not believed. IPv4 written as IPv6 is IPv4: as IPv6, all of IPv4 would
    be one /64.
    """
    try:
        given = get_client_ip(request)
    except ImproperlyConfigured:
        given = request.META.get("REMOTE_ADDR")
    try:
        address = ipaddress.ip_address(given or "")
    except ValueError:
        return UNKNOWN
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def network_of(address: str) -> str:
    """The network around an address, the last quarter of IPv4 and all but the /48 of IPv6 gone."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    length = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, length), strict=False))
