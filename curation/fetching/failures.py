"""Why something on the web could not be fetched."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """The codes; what they say to people stands with the problems of imports."""

    ODD_ADDRESS = "odd_address"
    NO_SUCH_HOST = "no_such_host"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    BAD_CERTIFICATE = "bad_certificate"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NOT_THERE = "not_there"
    NO_ACCESS = "no_access"
    HOST_BUSY = "host_busy"
    HOST_TROUBLE = "host_trouble"
    ROBOTS = "robots"
    DOWNLOAD_TOO_SLOW = "download_too_slow"
    TOO_LARGE = "too_large"


class FetchFailed(Exception):
    """Something could not be fetched; it says nothing of our own machine."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
