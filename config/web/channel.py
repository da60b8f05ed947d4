"""One connection: a request as it arrives, its answer as it leaves."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from waitress.adjustments import Adjustments
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from config.web import limits
from config.web.refused import RefusedRequest, headers_too_large, too_large, too_slow

logger = logging.getLogger(__name__)

LINGER_SECONDS = 5.0
"""How long a refused client may go on sending, so that it gets to read why."""
AHEAD_BYTES = 256 * 1024
"""A streamed answer is made so far ahead of what its reader has taken."""


class Request(HTTPRequestParser):
    """A request as it arrives; it ends with an error as soon as it may not go on."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.began = time.monotonic()
        self.most_bytes = limits.PAGE_BYTES
        self.waits_for_permission = False

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.most_bytes = limits.most_bytes(self.path)
            is_large = self.chunked or self.content_length > limits.PAGE_BYTES
            self.waits_for_permission = is_large and self.most_bytes > limits.PAGE_BYTES

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.header_bytes_received >= self.adj.max_request_header_size:
            self.refuse(headers_too_large())
        elif max(self.content_length, self.body_bytes_received) > self.most_bytes:
            self.refuse(too_large(self.path))
        return consumed

    def refuse(self, error: RefusedRequest) -> None:
        self.error, self.completed, self.expect_continue = error, True, False

    def may_be_sent(self) -> None:
        """Let the body come. Its time begins now: until here it waited for us."""
        self.waits_for_permission = False
        self.began = time.monotonic()

    def is_too_slow(self) -> bool:
        return not self.waits_for_permission and limits.is_too_slow(
            seconds=time.monotonic() - self.began,
            has_headers=self.headers_finished,
            body_bytes=self.body_bytes_received,
        )


class Task(WSGITask):
    """One answer. Pieces that are made while they are sent are left to the channel."""

    pieces: Iterator[bytes] | None = None
    response: StreamingHttpResponse | None = None

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["winnow.stream_later"] = self.stream_later
        return environ

    def stream_later(self, response: StreamingHttpResponse) -> None:
        self.response = response

    def finish(self) -> None:
        if self.response is None:
            super().finish()
            return
        self.set_close_on_finish()
        self.write(b"")  # the headers
        if self.request.command == "HEAD" or not self.has_body:
            self.end()
            return
        self.pieces = iter(self.response)
        self.channel.streaming = self

    def send_more(self) -> bool:
        """Make pieces until enough lies ready; False when there was none left."""
        assert self.pieces is not None  # noqa: S101, finish() set it
        for piece in self.pieces:
            self.write(piece)
            if self.channel.total_outbufs_len >= AHEAD_BYTES:
                return True
        if self.chunked_response:
            self.channel.write_soon(b"0\r\n\r\n")
        return False

    def end(self) -> None:
        if self.response is not None:
            self.response.close()


class Channel(HTTPChannel):
    """One connection."""

    parser_class = Request
    task_class = Task

    request: Request | None = None
    streaming: Task | None = None
    """The answer whose next pieces are made when there is room for them."""
    is_refilling = False
    drains_until: float | None = None
    """Set while the rest of a refused request is read and thrown away."""

    def refuse_if_slow(self) -> None:
        """Answer 408 to a request that has been arriving for too long."""
        with self.requests_lock:
            request = self.request
            if request is None or self.requests or not request.is_too_slow():
                return
            self._answer(request, too_slow(getattr(request, "path", "/")))

    def _answer(self, request: Request, error: RefusedRequest) -> None:
        """Refuse the request that is arriving. The caller holds the lock."""
        request.refuse(error)
        self.request = None
        self.requests.append(request)
        self.server.add_task(self)

    # Permission for a large body

    def received(self, data: bytes) -> bool:
        more: bool = super().received(data)
        if self._waits_for_permission():
            self.server.add_task(_Call(self.ask_permission))
        return more

    def ask_permission(self) -> None:
        """In a thread: let the body come, or refuse it."""
        request = self.request
        if request is None:
            return
        error = self.server.refused_to_send(request.path, request.headers.get("COOKIE", ""))
        with self.requests_lock:
            request.may_be_sent()
            self.last_activity = time.time()
            if error is not None and self.request is request:
                self._answer(request, error)
        self.server.pull_trigger()

    def stay_while_waiting(self, now: float) -> None:
        """Not be taken for silent while all threads are busy and nobody could ask yet."""
        if self._waits_for_permission():
            self.last_activity = now

    def _waits_for_permission(self) -> bool:
        return self.request is not None and self.request.waits_for_permission

    # Streamed answers

    def writable(self) -> bool:
        if self.drains_until is not None:
            return False
        if self.streaming is not None and not self.will_close:
            return bool(self.total_outbufs_len) or not self.is_refilling
        return bool(super().writable())

    def handle_write(self) -> None:
        if self.streaming is None or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some_if_lockable)
        if self.total_outbufs_len < AHEAD_BYTES // 2 and not self.is_refilling:
            self.is_refilling = True
            self.server.add_task(_Call(self.refill))

    def refill(self) -> None:
        """In a thread: make the next pieces, then let the loop send them."""
        task = self.streaming
        assert task is not None  # noqa: S101, handle_write() looked
        goes_on = False
        try:
            goes_on = task.send_more()
        except ClientDisconnected:
            pass
        except Exception:
            # Better none than a wrong one: the reader sees that it is not whole.
            logger.exception("%s broke off", task.request.path)
            self.will_close = True
        if not goes_on:
            self.streaming = None
            task.end()
        self.is_refilling = False
        self.server.pull_trigger()

    # Closing

    def readable(self) -> bool:
        if self.drains_until is not None:
            return True
        return bool(super().readable()) and not self._waits_for_permission()

    def handle_read(self) -> None:
        if self.drains_until is None:
            super().handle_read()
        else:
            self.recv(65536)  # closes us when the client has

    def service(self) -> None:
        self._was_refused = bool(self.requests) and self.requests[0].error is not None
        super().service()

    _was_refused = False

    def handle_close(self) -> None:
        """Close; after a refusal only when the client has stopped sending, or after a while.

        A socket that is closed while something unread lies in it takes the answer back.
        """
        if self._was_refused and self.connected:
            self._was_refused = False
            self.will_close = False
            self.drains_until = time.monotonic() + LINGER_SECONDS
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:
                self.close_now()
        else:
            self.close_now()

    def close_now(self) -> None:
        super().handle_close()
        if self.streaming is not None and not self.is_refilling:
            self.streaming.end()
            self.streaming = None


class _Call:
    """What the threads get to do besides answering."""

    def __init__(self, call: Callable[[], None]) -> None:
        self.service = call

    def cancel(self) -> None:
        """Nothing is undone: the connection goes with the process."""
