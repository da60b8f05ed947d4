"""Clients that a site without a proxy has to bear: they hold sockets, and mean no good."""

from __future__ import annotations

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field


@dataclass
class Asked:
    """What came of asking for an ordinary page again and again."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.seconds:
            return f"no answer at all, {len(self.failures)} failures"
        ordered = sorted(self.seconds)
        p95 = ordered[int(len(ordered) * 0.95)]
        return (
            f"{len(ordered)} answers, p50 {1000 * statistics.median(ordered):.0f} ms, "
            f"p95 {1000 * p95:.0f} ms, max {1000 * ordered[-1]:.0f} ms, "
            f"{len(self.failures)} failures"
        )


def connected(port: int, *, receive_buffer: int | None = None) -> socket.socket:
    """A connection to the site on this machine."""
    client = socket.socket()
    if receive_buffer is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    return client


def ask(port: int, path: str, *, cookie: str = "", patience: float = 10.0) -> bytes:
    """The whole answer to one GET on a connection of its own. Raises OSError."""
    with connected(port) as client:
        client.settimeout(patience)
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Cookie: {cookie}\r\n\r\n".encode()
        )
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        return answer


def ask_again_and_again(
    port: int, path: str, *, for_seconds: float, every: float = 0.1, cookie: str = ""
) -> Asked:
    """Ask at a steady pace; a page that hangs counts from when it should have been asked."""
    asked, threads = Asked(), []

    def once(due: float) -> None:
        try:
            answer = ask(port, path, cookie=cookie)
        except OSError as error:
            asked.failures.append(repr(error))
            return
        if answer.startswith(b"HTTP/1.1 200"):
            asked.seconds.append(time.monotonic() - due)
        else:
            asked.failures.append(answer[:60].decode(errors="replace"))

    begin = time.monotonic()
    for turn in range(int(for_seconds / every)):
        due = begin + turn * every
        time.sleep(max(0.0, due - time.monotonic()))
        thread = threading.Thread(target=once, args=(due,))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return asked


@contextmanager
def half_headers(port: int, num: int) -> Iterator[list[socket.socket]]:
    """`num` clients that begin a request and never finish its headers."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(port)) for _ in range(num)]
        for client in clients:
            client.sendall(b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        yield clients


@contextmanager
def slow_senders(port: int, num: int) -> Iterator[list[socket.socket]]:
    """`num` clients that post a form to the sign-in page at one byte a second."""
    head = (
        b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n\r\n"  # without it nobody reads the form
    )
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(port)) for _ in range(num)]
        for client in clients:
            client.sendall(head)
        stack.enter_context(_each_second(clients, lambda client: client.send(b"a")))
        yield clients


@contextmanager
def slow_readers(port: int, num: int, path: str, *, cookie: str) -> Iterator[list[socket.socket]]:
    """`num` clients that ask for a large file and take a hundred bytes of it a second."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(port, receive_buffer=4096)) for _ in range(num)]
        for client in clients:
            client.sendall(request)
        stack.enter_context(_each_second(clients, lambda client: client.recv(100)))
        yield clients


@contextmanager
def _each_second(clients: list[socket.socket], act: object) -> Iterator[None]:
    ending = threading.Event()

    def go_on() -> None:
        while not ending.wait(1):
            for client in clients:
                client.settimeout(0.001)
                try:
                    act(client)  # type: ignore[operator]
                except OSError:
                    continue  # thrown out, or nothing to take yet

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_page(port: int, path: str = "/accounts/login/") -> None:
    """Return when the site answers. Raises OSError when it does not within a minute."""
    deadline = time.monotonic() + 60
    while True:
        try:
            ask(port, path, patience=30)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def body_of(answer: bytes) -> bytes:
    """The body of an answer that came in chunks or as one."""
    head, body = answer.split(b"\r\n\r\n", 1)
    if b"transfer-encoding: chunked" not in head.lower():
        return body
    pieces = []
    while size := int((line := body.split(b"\r\n", 1))[0], 16):
        pieces.append(line[1][:size])
        body = line[1][size + 2 :]
    return b"".join(pieces)


def send_as_much_as_is_taken(client: socket.socket, most: int) -> int:
    """Send until the site closes the connection; how many bytes went."""
    sent, piece = 0, b"x" * 100_000
    client.settimeout(8)
    while sent < most:
        try:
            sent += client.send(piece)
        except OSError:
            break
    return sent
