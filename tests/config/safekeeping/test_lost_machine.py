"""The machine is lost, and the group goes on from its backup, by the commands of docs/deploy.md."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
COMMAND = re.compile(r"^DATA_DIR=/srv/winnow \.venv/bin/python (manage\.py .+)$", re.MULTILINE)


def documented() -> list[list[str]]:
    """The commands of the section on backups, in their order."""
    text = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    section = text.split("\n## Backup\n")[1].split("\n## ")[0]
    return [command.split() for command in COMMAND.findall(section)]


class Site:
    """An installation of its own, on the kind of database that the tests run on."""

    def __init__(self, folder: Path) -> None:
        self.data_dir, self.backup = folder / "data", folder / "backup"
        self.data_dir.mkdir()
        self.name = f"winnow_lost_{secrets.token_hex(4)}"
        self.environment = {**os.environ, "DATA_DIR": str(self.data_dir)}
        for hidden in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"):
            self.environment.pop(hidden, None)
        if connection.vendor == "postgresql":
            given = connection.settings_dict
            login = ":".join(filter(None, (given["USER"], given["PASSWORD"])))
            server = f"postgresql://{login}@{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
            self.server = f"{server}/postgres"
            self.environment["DATABASE_URL"] = f"{server}/{self.name}"
            self.sql(f"create database {self.name}")

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(statement)  # type: ignore[call-overload]

    def run(self, *command: str, fails: bool = False) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def lose(self) -> None:
        """Nothing is left but the backup."""
        shutil.rmtree(self.data_dir)
        self.data_dir.mkdir()
        if connection.vendor == "postgresql":
            self.sql(f"drop database {self.name}")
            self.sql(f"create database {self.name}")

    def remove(self) -> None:
        if connection.vendor == "postgresql":
            self.sql(f"drop database if exists {self.name}")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.remove()


@pytest.mark.slow
def test_a_site_comes_back_as_it_was_and_its_run_goes_on(site: Site) -> None:
    site.run("-m", "tests.config.safekeeping.go_on", "fill")
    key = (site.data_dir / "secret_key").read_text()
    commands = [
        [part.replace("/backup/winnow", str(site.backup)) for part in command]
        for command in documented()
    ]
    assert [command[1] for command in commands] == ["backup", "restore", "migrate", "verify"]

    assert "is whole" in site.run(*commands[0])
    first = json.loads((site.backup / "backup.json").read_text())
    assert "is whole" in site.run(*commands[0])
    again = json.loads((site.backup / "backup.json").read_text())
    assert again["num_objects"] == first["num_objects"] > 4
    assert len(list(site.backup.glob("*-database.*"))) == 1
    assert not list(site.backup.rglob("*.partial*"))
    assert site.backup.stat().st_mode & 0o077 == 0
    assert "tables already" in site.run(*commands[1], fails=True)

    site.lose()
    for command in commands[1:]:
        site.run(*command)
    assert (site.data_dir / "secret_key").read_text() == key
    assert int(site.run("-m", "tests.config.safekeeping.go_on", "resume").split()[0]) >= 10
    assert "are whole" in site.run("manage.py", "verify")


@pytest.mark.slow
def test_what_is_not_whole_is_said_and_never_put_back(site: Site) -> None:
    site.run("-m", "tests.config.safekeeping.go_on", "fill")
    torn = next(
        path for path in (site.data_dir / "objects" / "sha256").rglob("*") if path.is_file()
    )
    whole = torn.read_bytes()
    torn.write_bytes(whole[:-1])
    assert torn.name in site.run("manage.py", "backup", str(site.backup), fails=True)
    assert not (site.backup / torn.relative_to(site.data_dir)).exists()
    assert "damaged" in site.run("manage.py", "verify", fails=True)
    torn.write_bytes(whole)
    site.run("manage.py", "backup", str(site.backup))

    # A backup that was interrupted, or whose database was torn, is none.
    site.lose()
    (site.backup / "backup.json").rename(site.backup / "kept.json")
    assert "no whole backup" in site.run("manage.py", "restore", str(site.backup), fails=True)
    (site.backup / "kept.json").rename(site.backup / "backup.json")
    (database,) = site.backup.glob("*-database.*")
    content = database.read_bytes()
    database.write_bytes(content[:-1])
    assert "damaged" in site.run("manage.py", "restore", str(site.backup), fails=True)
    database.write_bytes(content)

    # Something lies there already; and a restore that was killed goes on.
    (site.data_dir / "runs").mkdir(exist_ok=True)
    assert "not empty: runs" in site.run("manage.py", "restore", str(site.backup), fails=True)
    (site.data_dir / "restore.unfinished").touch()
    site.run("manage.py", "restore", str(site.backup))
    assert "are whole" in site.run("manage.py", "verify")
    assert not (site.data_dir / "restore.unfinished").exists()
