"""Trouble for tests: a small disk, a folder that nobody may write to, a database that is held.

Each is real: a file system of its own is mounted for it, and where that is not allowed the test is
skipped and says so.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection


def _mount(*arguments: str) -> None:
    done = subprocess.run(
        ["mount", *arguments], capture_output=True, text=True, timeout=20, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"mounting a file system is not allowed here: {done.stderr.strip()}")


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[None]:
    """While it lasts, `folder` is a disk of that size."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, timeout=20)


def make_room(folder: Path, *, megabytes: int) -> None:
    """Give a small disk another size."""
    _mount("-o", f"remount,size={megabytes}m", str(folder))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Within it, nobody may write to the small disk at `folder`."""
    _mount("-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        _mount("-o", "remount,rw", str(folder))


def cut_connections() -> None:
    """Have PostgreSQL end every connection to the database of this test, as a restart does."""
    given = connection.get_connection_params()
    with psycopg.connect(
        host=given.get("host"),
        port=given.get("port"),
        user=given.get("user"),
        password=given.get("password"),
        dbname=given["dbname"],
        autocommit=True,
    ) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
