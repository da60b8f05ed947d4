"""A site of its own with real processes, for stories in which one of them is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

FOUND = """
from curation import store
from curation.projects.models import Membership, Project, Role, User
from curation.subjects.models import Consent, Subject
project = Project.objects.create(slug="fans", name="Fans")
otto = User.objects.create_user("otto")
Membership.objects.create(project=project, user=otto, role=Role.ORGANISER)
ada = Subject.objects.create(project=project, slug="ada", name="Ada")
Consent.objects.create(
    subject=ada, basis="invented_person", covers_curate=True, signed_by="nobody",
    evidence_sha256=store.put(b"evidence"), evidence_name="e.txt", valid_from="2020-01-01",
    recorded_by=otto,
)
"""

REQUEUE = """
from {room}.models import {kind}
from {room}.tasks import {task}
from curation.queue import requeue_abandoned
print(requeue_abandoned({kind}, {task}))
"""


class RealSite:
    """A database file, a store, and the commands that work on them."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        data_dir.mkdir(parents=True)
        hidden = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
        self._environment = {k: v for k, v in os.environ.items() if k not in hidden}
        self._environment["DATA_DIR"] = str(data_dir)
        self.manage("migrate", "--verbosity", "0")
        self.python(FOUND)

    def set(self, name: str, value: str) -> None:
        """Set a variable of the environment of all commands from now on."""
        self._environment[name] = value

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; a failure fails the test with what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def python(self, code: str) -> str:
        """Run code inside the site, as the supervisor or a web worker would."""
        return self.manage("shell", "--verbosity", "0", "-c", code).stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start_worker(self, lane: str = "*") -> subprocess.Popen[bytes]:
        quickly = ("--interval", "0.05", "--no-startup-delay", "--no-reload")
        return self.start("db_worker", *quickly, "--queue-name", lane)

    def finish_work(self) -> None:
        """Run a worker until the queue is empty."""
        at_once = ("--batch", "--interval", "0", "--no-startup-delay")
        self.manage("db_worker", *at_once, "--queue-name", "*")

    def requeue(self, room: str, kind: str, task: str) -> int:
        """What the supervisor does every second; how many jobs it put back."""
        return int(self.python(REQUEUE.format(room=room, kind=kind, task=task)))

    def let_leases_run_out(self) -> None:
        """What a minute of silence would do."""
        with sqlite3.connect(self.data_dir / "winnow.sqlite3", timeout=20) as database:
            for table in (
                "sources_importrun",
                "analysis_analysis",
                "duplicates_duplicatesearch",
                "hints_fitting",
                "releases_freezing",
                "notices_notice",
            ):
                database.execute(
                    f"update {table} set leased_until = '2020-01-01' where state = 'running'"  # noqa: S608, our own tables
                )
        database.close()

    def rows(self, query: str) -> list[Any]:
        database = sqlite3.connect(self.data_dir / "winnow.sqlite3", timeout=20)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]


def kill_when(process: subprocess.Popen[bytes], reached: Callable[[], bool]) -> None:
    """kill -9 the process as soon as `reached` holds; fails when it never does."""
    deadline = time.monotonic() + 60
    while not reached():
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
