"""manage.py web: one web process on a socket that its parent opened."""

from __future__ import annotations

import socket
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.web.server import Server


class Command(BaseCommand):
    """What `manage.py serve` starts several of; they share one listening socket."""

    help = "Serve pages on an open listening socket until stopped. `serve` starts these."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fd", type=int, required=True, help="the socket's file descriptor")
        parser.add_argument("--threads", type=int, default=settings.WEB_THREADS)

    def handle(self, *args: Any, fd: int, threads: int, **options: Any) -> None:
        from config.wsgi import application  # noqa: PLC0415, it freezes what is imported by then

        # What is on its way in or out lies beside the pictures, not in a /tmp that may be memory.
        under_way = settings.DATA_DIR / "tmp"
        under_way.mkdir(mode=0o700, exist_ok=True)
        tempfile.tempdir = str(under_way)
        with socket.socket(fileno=fd) as listener:
            Server(application, listener, threads=threads).run_until_stopped()
