"""Requests that the server refuses by itself, each with its sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontend.failures import RETRY_SECONDS, Unavailable
from frontend.trouble import trouble


class RefusedRequest:
    """An answer in the place where waitress has its own plain ones."""

    def __init__(
        self, path: str, *, status: str, code: str, message: str | Promise, **headers: str
    ) -> None:
        self.path = path
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status line, headers and body, as waitress asks its errors for them."""
        content_type, body = trouble(self.path, code=self.code, message=self.message)
        headers = [("Content-Type", content_type), ("Cache-Control", "no-store")]
        return self.status, headers + list(self.headers.items()), body


def too_large(path: str) -> RefusedRequest:
    return RefusedRequest(
        path,
        status="413 Content Too Large",
        code="too_large",
        message=_("That is more than this page takes at once. Send less, or in several parts."),
    )


def too_slow(path: str) -> RefusedRequest:
    return RefusedRequest(
        path,
        status="408 Request Timeout",
        code="too_slow",
        message=_("Your request came too slowly, so it was not waited for. Please send it again."),
    )


def not_signed_in(path: str) -> RefusedRequest:
    return RefusedRequest(
        path,
        status="403 Forbidden",
        code="not_signed_in",
        message=_("Sign in first, then send the files again."),
    )


def unavailable(path: str) -> RefusedRequest:
    refusal = Unavailable()
    return RefusedRequest(
        path,
        status="503 Service Unavailable",
        code=refusal.code,
        message=refusal.message,
        **{"Retry-After": str(RETRY_SECONDS)},
    )


def headers_too_large() -> RefusedRequest:
    return RefusedRequest(
        "/",
        status="431 Request Header Fields Too Large",
        code="headers_too_large",
        message=_("The address or the cookies are too long. Delete this site's cookies."),
    )
