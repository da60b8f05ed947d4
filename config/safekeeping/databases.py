"""A copy of the whole database at one moment, while the site goes on; and the way back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

from curation.files import whole_file


class DumpFailed(Exception):
    """The database could not be copied or put back; the message says why."""


def dump_name() -> str:
    """What a copy of this kind of database is called."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"


def dump(target: Path) -> None:
    """Copy the database, as it is at one moment, to `target`; whole or not at all.

    Raises DumpFailed or DiskFull.
    """
    with whole_file(target) as partial:
        if connection.vendor == "sqlite":
            _copy_sqlite(_sqlite_path(), partial)
        else:
            _run(
                ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"], f"--file={partial}"
            )


def is_empty() -> bool:
    """Whether the database has no table yet."""
    return not connection.introspection.table_names()


def put_back(source: Path) -> None:
    """Fill the empty database from a copy; all of it or nothing. Raises DumpFailed or DiskFull."""
    if connection.vendor == "sqlite":
        path = _sqlite_path()
        connection.close()
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        with whole_file(path) as partial:
            _copy_sqlite(source, partial)
        return
    connection.close()
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    name = str(connection.settings_dict["NAME"])
    _run(["pg_restore", *options, f"--dbname={name}"], str(source))


def _sqlite_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _copy_sqlite(source: Path, target: Path) -> None:
    """By SQLite's own backup, which reads the log of what was just written as well."""
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as given,
            closing(sqlite3.connect(target)) as copy,
        ):
            given.backup(copy)
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise DumpFailed(f"The database {source} cannot be copied: {error}") from error
    if verdict != "ok":
        raise DumpFailed(f"The database {source} is damaged: {verdict}")


def _run(command: list[str], *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database, with our password."""
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    ours = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    ours["PGDATABASE"] = str(given["NAME"])
    try:
        done = subprocess.run(  # noqa: S603, our own arguments
            [*command, *arguments],
            env={**os.environ, **ours},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise DumpFailed(f"{command[0]} is not installed (Debian: postgresql-client).") from error
    if done.returncode:
        raise DumpFailed(f"{command[0]} failed: {done.stderr.strip()[-2000:]}")
