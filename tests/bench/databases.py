"""Databases and empty sites that benchmarks make for themselves and remove again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = os.environ.get("BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database on the server that is there; "" where none answers."""
    try:
        server = psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        yield ""
        return
    name = f"winnow_bench_{os.getpid()}"
    with server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            server.execute(drop.format(sql.Identifier(name)))


def on_both(measure: Callable[[str, str], bool]) -> bool:
    """Whether `measure` is content on SQLite and on PostgreSQL; it gets name and address of each.

    The address of SQLite is "": a file in the folder of the site. Where no PostgreSQL answers,
    that is said and left out.
    """
    is_met = measure("SQLite", "")
    with postgresql() as url:
        if url:
            return measure("PostgreSQL", url) and is_met
    print(f"PostgreSQL: none answers at {POSTGRESQL}; left out")
    return is_met


def figures_of(program: str, *arguments: object, url: str) -> Any:
    """What `python -m program arguments` prints last, as JSON, run in an empty site at `url`."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "static").mkdir()  # whitenoise warns of a missing one
        done = subprocess.run(
            [sys.executable, "-m", program, *map(str, arguments)],
            cwd=ROOT,
            env=os.environ
            | {
                "DATA_DIR": folder,
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "config.settings",
            },
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=1800,
        )
    return json.loads(done.stdout.splitlines()[-1])
