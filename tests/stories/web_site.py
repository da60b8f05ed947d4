"""A web site of the test's own, on this machine, that notes who asked it for what and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import BinaryIO

import pytest
from pytest_django import Settings


@dataclass
class Page:
    """What the site answers at one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    speak: Callable[[BinaryIO], None] | None = None
    """Says the whole answer itself, headers and all."""


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    at: float
    at_once: int
    """Requests that the site was answering just then, with this one."""


class WebSite:
    """A running site. What is not in `pages` is not found."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self._busy, self._lock = 0, Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, but for robots.txt."""
        return [each.path for each in self.asked if each.path != "/robots.txt"]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(site) -> type[BaseHTTPRequestHandler]:  # noqa: N805, the handler's self is another
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with site._lock:
                    site._busy += 1
                    asked = Asked(self.path, dict(self.headers), time.monotonic(), site._busy)
                    site.asked.append(asked)
                try:
                    self._answer(site.pages.get(self.path) or Page(status=404))
                except OSError:
                    pass  # whoever asked went away
                finally:
                    with site._lock:
                        site._busy -= 1

            def _answer(self, page: Page) -> None:
                if page.speak:
                    page.speak(self.wfile)
                    return
                self.send_response(page.status)
                headers = {"Content-Length": str(len(page.body))} | page.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler


@pytest.fixture
def web_site(settings: Settings) -> Iterator[WebSite]:
    """A site that imports may fetch from, at once."""
    settings.IMPORT_URLS = True
    settings.IMPORT_URLS_FROM_LOOPBACK = True
    settings.IMPORT_URLS_SECONDS_APART = 0.0
    site = WebSite()
    yield site
    site.stop()
