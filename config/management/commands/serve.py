"""`manage.py serve`: web server, workers and supervisor in one foreground command."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.processes import Child, run_together


def add_address_arguments(parser: ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))


class Command(BaseCommand):
    """Starts everything the site needs; Ctrl-C stops all of it."""

    help = "Start the web server, the background workers and the supervisor; Ctrl-C stops all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_address_arguments(parser)
        parser.add_argument(
            "--workers",
            type=int,
            default=max(1, min(4, (os.cpu_count() or 2) - 1)),
            help="background workers for imports and analysis (default: %(default)s)",
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        _require_free_port(host, port)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one
        manage = [sys.executable, "manage.py"]
        web = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}"]
        web += ["--workers", "2", "--threads", "4", "--timeout", "120", "--log-level", "warning"]
        children = [Child("web", web), Child("supervisor", [*manage, "supervise"])]
        worker = [*manage, "db_worker", "--interval", "0.5", "--no-reload", "--verbosity", "0"]
        children += [Child(f"worker {n}", worker) for n in range(1, workers + 1)]
        self.stdout.write(f"Winnow is at http://{_shown(host)}:{port}/  (Ctrl-C stops it)")
        sys.exit(run_together(children, report=self.stderr.write))


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104, only shown


def _require_free_port(host: str, port: int) -> None:
    """Raise CommandError when somebody listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                "Stop what listens there, or choose another: PORT=8001 make demo"
            ) from error
