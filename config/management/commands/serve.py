"""`manage.py serve`: web processes, workers and supervisor in one foreground command."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.processes import Child, run_together
from curation.queue import QUICK_LANE


def add_address_arguments(parser: ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))


class Command(BaseCommand):
    """Starts everything the site needs; Ctrl-C stops all of it."""

    help = "Start the web processes, the background workers and the supervisor; Ctrl-C stops all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_address_arguments(parser)
        parser.add_argument(
            "--web",
            type=int,
            default=settings.WEB_PROCESSES,
            help="web processes (default: %(default)s, by WEB_PROCESSES)",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=max(1, min(4, (os.cpu_count() or 2) - 1)),
            help="background workers; where there are any, one more does only what somebody waits "
            "for, such as imports (default: %(default)s)",
        )
        parser.add_argument(
            "--no-supervisor",
            action="store_true",
            help="leave background jobs and runs to another machine's supervisor",
        )

    def handle(
        self,
        *args: Any,
        host: str,
        port: int,
        web: int,
        workers: int,
        no_supervisor: bool,
        **options: Any,
    ) -> None:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one
        with _listening(host, port) as listener:
            children = _web(web, listener)
            if not no_supervisor:
                children.append(Child("supervisor", [*_MANAGE, "supervise"]))
            children += _workers(workers)
            self.stdout.write(f"Winnow is at http://{_shown(host)}:{port}/  (Ctrl-C stops it)")
            run_together(children, report=self.stderr.write)


_MANAGE = [sys.executable, "manage.py"]
_WORKER = [*_MANAGE, "db_worker", "--interval", "0.5", "--no-reload", "--verbosity", "0"]


def _workers(num: int) -> list[Child]:
    """Workers of both lanes, and one of the quick lane alone, so that it is always free soon."""
    if not num:
        return []
    quick = Child("quick worker", [*_WORKER, "--queue-name", QUICK_LANE])
    general = [*_WORKER, "--queue-name", "*"]
    return [quick, *(Child(f"worker {n}", general) for n in range(1, num + 1))]


def _web(num: int, listener: socket.socket) -> list[Child]:
    """Web processes. The socket is ours and stays open: who calls while they start again waits."""
    fd = listener.fileno()
    command = [*_MANAGE, "web", "--fd", str(fd)]
    return [Child(f"web {n}", command, pass_fds=(fd,)) for n in range(1, num + 1)]


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104, only shown


def _listening(host: str, port: int) -> socket.socket:
    """An open listening socket. Raises CommandError when the address cannot be had."""
    try:
        return socket.create_server((host, port), backlog=1024)
    except OSError as error:
        raise CommandError(
            f"Port {port} on {host} cannot be used ({error.strerror}). "
            "Stop what listens there, or choose another: PORT=8001 make demo"
        ) from error
