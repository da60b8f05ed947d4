"""waitress, so set up and extended that a waiting client costs a socket and never a thread.

One loop reads requests and sends answers; a request meets a thread only when it is there whole,
and leaves it with its answer, however slowly that is read. On top of that:

- how large a body may be depends on the address and is checked before the body is read,
- files are taken from people who are signed in, and that is asked before they are read as well,
- a request that dribbles in is answered 408,
- an answer made while it is sent, such as the zip of a release, gets a thread only for making its
  next piece, when the one before has left,
- a process whose threads are all busy leaves new connections to its neighbours.
"""

from __future__ import annotations

import resource
import signal
import socket
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from django.http import StreamingHttpResponse
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from config.web import limits
from config.web.channel import Channel
from config.web.permission import refused_to_send

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

MOST_CONNECTIONS = 2000
LEAVE_SECONDS = 10.0
"""What is being answered when the process shall end may take so long."""


class Server(TcpWSGIServer):
    """One web process on a listening socket that it may share with others."""

    channel_class = Channel
    refused_to_send = staticmethod(refused_to_send)
    ends_at: float | None = None

    def __init__(self, application: Application, listener: socket.socket, *, threads: int) -> None:
        adj = Adjustments(
            sockets=[listener],
            threads=threads,
            ident="winnow",
            connection_limit=_room_for_connections(),
            cleanup_interval=1,
            channel_timeout=limits.IDLE_SECONDS,
            max_request_header_size=limits.HEADER_BYTES,
            max_request_body_size=max(limits.UPLOAD_BYTES.values()) + 1,
            clear_untrusted_proxy_headers=False,  # Django believes them where settings say so
            log_socket_errors=False,  # a client that went away is none
            asyncore_use_poll=True,
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(threads)
        super().__init__(
            _leaving_streams(application),
            {},
            True,  # noqa: FBT003, waitress's order
            listener,
            dispatcher=dispatcher,
            adj=adj,
            bind_socket=False,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
        )

    def readable(self) -> bool:
        return bool(super().readable()) and not self.task_dispatcher.queue

    def maintenance(self, now: float) -> None:
        for channel in self.active_channels.values():
            channel.stay_while_waiting(now)
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            channel.refuse_if_slow()
            if channel.drains_until is not None and channel.drains_until < time.monotonic():
                channel.close_now()

    def run_until_stopped(self) -> None:
        """Serve until SIGTERM or Ctrl-C; then finish what is being answered, and end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._leave)
        while not self._is_done():
            wasyncore.loop(timeout=0.5, use_poll=True, map=self._map, count=1)
        self.task_dispatcher.shutdown(timeout=1)

    def _leave(self, number: int, frame: FrameType | None) -> None:
        self.accepting = False
        self.ends_at = time.monotonic() + LEAVE_SECONDS
        self.pull_trigger()

    def _is_done(self) -> bool:
        if self.ends_at is None:
            return False
        busy = any(
            channel.requests or channel.total_outbufs_len or channel.streaming
            for channel in list(self.active_channels.values())
        )
        return not busy or time.monotonic() > self.ends_at


def _leaving_streams(application: Application) -> Application:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = application(environ, start_response)
        if isinstance(response, StreamingHttpResponse):
            environ["winnow.stream_later"](response)
            return ()
        return response

    return answer


def _room_for_connections() -> int:
    """As many as we want, or as many open files as this process may have allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS  # each may have a file behind it
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, _soft), hard))
    return min(MOST_CONNECTIONS, max(64, soft // 2))
