"""A database that was away is used again as soon as it is back, however long it was away."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from config.env import POSTGRESQL

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's connections"),
]


def test_pages_are_back_seconds_after_their_database(db: None) -> None:
    given = connection.get_connection_params()
    names = ("dbname", "user", "password")
    ours = {name: given[name] for name in names if given.get(name)}
    server = (given["host"], int(given.get("port") or 5432))
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    target = make_conninfo(host="127.0.0.1", port=port, **ours)
    with ConnectionPool(target, open=True, **POSTGRESQL["pool"]) as pool:
        ask_for(pool, seconds=8)  # nobody listens
        with socket.create_server(("127.0.0.1", port)) as listener:
            threading.Thread(target=relay, args=(listener, server), daemon=True).start()
            assert ask_for(pool, seconds=20) < 4


def ask_for(pool: ConnectionPool, *, seconds: float) -> float:
    """How long pages asked in vain, each with a little patience, before one got a connection."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        with suppress(PoolTimeout), pool.connection(timeout=0.5) as live:
            live.execute("SELECT 1")
            break
    return time.monotonic() - began


def relay(listener: socket.socket, server: tuple[str, int]) -> None:
    """Lead whoever comes to the real server."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:  # the listener was closed
            return
        upstream = socket.create_connection(server)
        for one, other in ((client, upstream), (upstream, client)):
            threading.Thread(target=copy, args=(one, other), daemon=True).start()


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
