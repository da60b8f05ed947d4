"""`manage.py serve` as a whole: the site outlives the death of any of its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.config.web.bad_clients import ask, free_port, wait_for_page

ROOT = Path(__file__).resolve().parents[2]
LOGIN = "/accounts/login/"

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(tmp_path: Path, port: int) -> Iterator[psutil.Process]:
    """A site with one web process, up and answering."""
    environment = os.environ | {"DATA_DIR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": ""}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    serve = [*manage, "serve", "--port", str(port), "--web", "1", "--workers", "1"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log)
    wait_for_page(port)
    yield psutil.Process(process.pid)
    process.terminate()
    process.wait(40)


def part(site: psutil.Process, word: str) -> psutil.Process:
    return next(child for child in site.children() if word in child.cmdline())


def test_who_calls_while_the_web_process_is_dead_waits_and_gets_the_page(
    site: psutil.Process, port: int
) -> None:
    for _ in range(5):  # that many ended the site before
        part(site, "web").kill()
        answers: list[bytes] = []
        caller = threading.Thread(
            target=lambda into=answers: into.append(ask(port, LOGIN, patience=90))
        )
        caller.start()
        caller.join(90)
        assert answers, "the caller got no answer"
        assert answers[0].startswith(b"HTTP/1.1 200")
    assert site.is_running()


def test_a_killed_parent_leaves_the_port_free(site: psutil.Process, port: int) -> None:
    family = site.children(recursive=True)
    site.kill()
    _gone, alive = psutil.wait_procs(family, timeout=40)
    assert not alive
    with pytest.raises(ConnectionRefusedError):
        ask(port, LOGIN)


def test_while_the_database_is_away_pages_say_so_and_when_to_come_again(
    tmp_path: Path, port: int
) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "ALLOWED_HOSTS": "localhost"}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"DATABASE_URL": "postgres://winnow@127.0.0.1:1/winnow"}  # nobody listens there
    serve = [sys.executable, "manage.py", "serve", "--port", str(port), "--web", "1"]
    process = subprocess.Popen(
        [*serve, "--workers", "0", "--no-supervisor"], cwd=ROOT, env=environment
    )
    try:
        cookie = "sessionid=abcdefghijklmnopqrstuvwxyz012345"
        wait_for_page(port)
        for path in ("/", "/manual/", "/api/v1/batches/1/desk"):
            answer = ask(port, path, cookie=cookie, patience=20).decode()
            assert answer.startswith("HTTP/1.1 503")
            assert "retry-after: 5" in answer.lower()
        assert "什么都没有改动" in ask(port, "/", cookie=cookie, patience=20).decode()
    finally:
        process.terminate()
        process.wait(40)
