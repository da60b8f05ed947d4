"""The server by itself: what it refuses before anything is read, and how it sends."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from waitress import wasyncore

from config.web import limits
from config.web.refused import RefusedRequest, not_signed_in
from config.web.server import Server
from tests.config.web.bad_clients import connected

NUM_THREADS = 2


class Site:
    """The application behind the server: it notes what reaches it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.made = 0
        self.breaks_at: int | None = None
        self.may_go_on = threading.Event()
        self.was_closed = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read()
        self.asked.append((environ["PATH_INFO"], len(body)))
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/long":
            self.may_go_on.wait(10)
        if environ["PATH_INFO"] != "/pieces":
            return [b"well"]
        response = StreamingHttpResponse(self.pieces())
        response._resource_closers.append(self.was_closed.set)
        return response

    def pieces(self) -> Iterator[bytes]:
        for number in range(40):
            if number == self.breaks_at:
                raise ValueError("a damaged picture")
            self.made += 1
            yield b"~" * 500_000


def refuse_strangers(path: str, cookies: str) -> RefusedRequest | None:
    return None if "sessionid=otto" in cookies else not_signed_in(path)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def port(site: Site) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(site, listener, threads=NUM_THREADS)
        server.refused_to_send = refuse_strangers  # the database is asked in test_permission.py
        ending = threading.Event()

        def serve() -> None:
            while not ending.is_set():
                wasyncore.loop(timeout=0.05, use_poll=True, map=server._map, count=1)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listener.getsockname()[1])
        ending.set()
        thread.join()
        server.task_dispatcher.shutdown(timeout=1)
        for channel in list(server.active_channels.values()):
            channel.close_now()


def everything(client: socket.socket) -> bytes:
    answer = b""
    while piece := client.recv(65536):
        answer += piece
    return answer


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def ask_quickly(port: int) -> float:
    began = time.monotonic()
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert status_of(everything(client)) == 200
    return time.monotonic() - began


def test_two_gigabytes_for_the_sign_in_page_are_refused_before_they_are_sent(
    site: Site, port: int
) -> None:
    with connected(port) as client:
        client.sendall(
            b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 2000000000\r\n\r\n"
        )
        answer = everything(client)
    assert status_of(answer) == 413
    assert "That is more than this page takes at once." in answer.decode()
    assert "这个页面" in answer.decode()
    assert site.asked == []


def test_who_sends_on_all_the_same_still_gets_to_read_why(site: Site, port: int) -> None:
    with connected(port) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n")
        for _ in range(30):
            client.sendall(b"x" * 100_000)
        client.shutdown(socket.SHUT_WR)
        assert status_of(everything(client)) == 413
    assert site.asked == []


def test_a_body_of_unknown_size_is_refused_when_it_has_become_too_large(
    site: Site, port: int
) -> None:
    with connected(port) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"40000\r\n" + b"x" * 0x40000 + b"\r\n40000\r\n" + b"x" * 0x100
        )
        assert status_of(everything(client)) == 413
    assert site.asked == []


def test_the_api_refuses_in_the_shape_of_the_api(port: int) -> None:
    with connected(port) as client:
        client.sendall(
            b"PUT /api/v1/items/1/vote HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n"
        )
        answer = everything(client)
    assert status_of(answer) == 413
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["code"] == "too_large"


def test_a_body_within_the_limit_arrives_whole(site: Site, port: int) -> None:
    with connected(port) as client:
        client.sendall(
            b"POST /projects/fans/subjects/ada/sources/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Cookie: sessionid=otto\r\nExpect: 100-continue\r\nConnection: close\r\n"
            b"Content-Length: 3000000\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100")
        client.sendall(b"x" * 3_000_000)
        assert status_of(everything(client)) == 200
    assert site.asked == [("/projects/fans/subjects/ada/sources/", 3_000_000)]


def test_files_of_somebody_who_is_not_signed_in_are_refused_before_they_are_sent(
    site: Site, port: int
) -> None:
    with connected(port) as client:
        client.sendall(
            b"POST /projects/fans/subjects/ada/sources/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Length: 3000000000\r\n\r\n"
        )
        answer = everything(client)
    assert status_of(answer) == 403
    assert "Sign in first" in answer.decode()
    assert site.asked == []


def test_who_waits_for_our_threads_is_not_called_slow(
    site: Site, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)
    busy = [connected(port) for _ in range(NUM_THREADS)]
    for client in busy:
        client.sendall(b"GET /long HTTP/1.0\r\n\r\n")
    while len(site.asked) < NUM_THREADS:
        time.sleep(0.01)
    with connected(port) as client:
        client.sendall(
            b"POST /projects/fans/subjects/ada/sources/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Cookie: sessionid=otto\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n"
        )
        time.sleep(0.2)
        client.sendall(b"x" * 300_000)
        time.sleep(2)
        site.may_go_on.set()
        assert status_of(everything(client)) == 200
    for client in busy:
        client.close()


def test_headers_without_end_are_refused(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * limits.HEADER_BYTES)
        assert status_of(everything(client)) == 431


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /accounts/login/ HTTP/1.1\r\nHost: loc",
        b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nlog",
    ],
)
def test_a_request_that_dribbles_in_is_answered_and_let_go(
    site: Site, port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.3)
    with connected(port) as client:
        client.sendall(begun)
        answer = everything(client)
    assert status_of(answer) == 408
    assert "Your request came too slowly" in answer.decode()
    assert site.asked == []


def test_more_slow_readers_than_threads_keep_nobody_from_a_page(site: Site, port: int) -> None:
    readers = [connected(port, receive_buffer=4096) for _ in range(4 * NUM_THREADS)]
    try:
        for reader in readers:
            reader.sendall(b"GET /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.5)
        assert max(ask_quickly(port) for _ in range(5)) < 1
        assert site.made < 15 * len(readers), "it was made far ahead of its readers"
    finally:
        for reader in readers:
            reader.close()
    assert site.was_closed.wait(5)


def test_an_answer_in_pieces_arrives_whole(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = everything(client)
    assert answer.count(b"~") == 40 * 500_000
    assert answer.endswith(b"\r\n0\r\n\r\n")


def test_an_answer_that_breaks_off_does_not_look_whole(
    site: Site, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    site.breaks_at = 20
    with connected(port) as client:
        client.sendall(b"GET /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = everything(client)
    assert not answer.endswith(b"\r\n0\r\n\r\n")
    assert "/pieces broke off" in caplog.text


def test_asked_only_for_its_head_nothing_is_made(site: Site, port: int) -> None:
    with connected(port) as client:
        client.sendall(b"HEAD /pieces HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = everything(client)
    assert answer.endswith(b"\r\n\r\n")
    assert site.made == 0
    assert site.was_closed.wait(5)


def test_a_kept_connection_serves_one_request_after_another(site: Site, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(3):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"well"
    connection.close()
    assert len(site.asked) == 3
