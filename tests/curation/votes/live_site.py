"""A real site for tests and benchmarks: as `manage.py serve` starts it, on loopback."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[3]
CSRF = "a" * 32
PATIENCE_SECONDS = 60


@dataclass
class LiveSite:
    """A running site whose data lie in a folder of their own."""

    port: int
    web: subprocess.Popen[bytes]
    batch: int
    """The first of those that everybody holds."""
    items: list[int]
    """Of all of them."""
    sessions: list[str]
    """One signed-in volunteer each."""

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests."""
        children = psutil.Process(self.web.pid).children()
        return [child for child in children if "web" in child.cmdline()]

    def parts(self) -> list[psutil.Process]:
        """All that `serve` started and starts again: web processes, workers, supervisor."""
        children = psutil.Process(self.web.pid).children()
        return [child for child in children if "manage.py" in child.cmdline()]

    def cpu_seconds(self) -> float:
        """What the workers have used so far."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())


class Client:
    """One volunteer's browser: a session and a connection that it keeps open."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/json",
        }

    def request(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of the answer. Raises OSError or HTTPException when none came."""
        data = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, path, body=data, headers=self.headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return answer.status, json.loads(text) if text else None


@contextmanager
def live_site(
    data_dir: Path,
    *,
    num_people: int,
    num_images: int,
    num_judged: int = 0,
    database_url: str = "",
    settings: str = "config.settings",
    workers: int = 0,
) -> Iterator[LiveSite]:
    """A seeded site on a free port; stopped, whatever happens, when the block ends.

    Without `workers` it has no supervisor either.
    """
    environment = os.environ | {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": settings,
    }
    seeded = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.curation.votes.seed_live_site",
            str(num_people),
            str(num_images),
            str(num_judged),
        ],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    given = json.loads(seeded.stdout.splitlines()[-1])
    port = _free_port()
    serve = [sys.executable, "manage.py", "serve", "--port", str(port), "--web", "2"]
    with (data_dir / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [*serve, "--workers", str(workers), *([] if workers else ["--no-supervisor"])],
            cwd=ROOT,
            env=environment,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_until_up(port)
        yield LiveSite(port=port, web=web, **given)
    finally:
        os.killpg(web.pid, signal.SIGTERM)
        try:
            web.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(web.pid, signal.SIGKILL)
            web.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            status, _answer = Client(port, "nobody").request("GET", "/api/v1/batches/1/desk")
        except OSError:
            time.sleep(0.1)
            continue
        if status == 401:
            return
        raise RuntimeError(f"the site answers {status} to somebody who is not signed in")
    raise RuntimeError("the site did not come up")
