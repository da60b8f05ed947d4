"""Slow and large clients against the real site, without a proxy, fifty of each."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.config.web import bad_clients as bad

ROOT = Path(__file__).resolve().parents[3]
PAGE = "/projects/live/manual/"
NUM = 50

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Site:
    port: int
    zip: str
    cookie: str
    data_dir: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two web processes, an organiser who is signed in, and a release of 16 MB."""
    data_dir = tmp_path_factory.mktemp("site")
    environment = os.environ | {"DATA_DIR": str(data_dir), "DATABASE_URL": ""}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    seed = [sys.executable, "-m", "tests.config.web.seed_release", "8", "2000000"]
    seeded = subprocess.run(
        seed, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    given = json.loads(seeded.stdout.splitlines()[-1])
    port = bad.free_port()
    serve = [sys.executable, "manage.py", "serve", "--port", str(port), "--web", "2"]
    with (data_dir / "log").open("wb") as log:
        server = subprocess.Popen(
            [*serve, "--workers", "0", "--no-supervisor"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    bad.wait_for_page(port)
    time.sleep(2)  # until the second process is up as well
    yield Site(port, given["zip"], f"sessionid={given['session']}", data_dir)
    server.terminate()
    server.wait(40)


def assert_pages_come(site: Site) -> None:
    asked = bad.ask_again_and_again(site.port, PAGE, for_seconds=4, cookie=site.cookie)
    assert not asked.failures, str(asked)
    assert sorted(asked.seconds)[int(len(asked.seconds) * 0.9)] < 1.5, str(asked)


def test_half_headers_hang_no_page_and_are_let_go(site: Site) -> None:
    began = time.monotonic()
    with bad.half_headers(site.port, NUM) as clients:
        assert_pages_come(site)
        clients[0].settimeout(30)
        assert clients[0].recv(1000).startswith(b"HTTP/1.0 408")
    assert time.monotonic() - began < 25


def test_senders_of_one_byte_a_second_hang_no_page(site: Site) -> None:
    with bad.slow_senders(site.port, NUM):
        time.sleep(1)
        assert_pages_come(site)


def test_slow_readers_of_a_release_hang_no_page(site: Site) -> None:
    with bad.slow_readers(site.port, NUM, site.zip, cookie=site.cookie):
        time.sleep(3)  # all have been asked for
        assert_pages_come(site)


def test_a_release_comes_whole_while_others_read_slowly(site: Site) -> None:
    with bad.slow_readers(site.port, 10, site.zip, cookie=site.cookie):
        answer = bad.ask(site.port, site.zip, cookie=site.cookie, patience=60)
    body = bad.body_of(answer)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert sum(name.startswith("images/") for name in archive.namelist()) == 8


def test_a_large_body_for_the_sign_in_page_takes_no_room_on_the_disk(site: Site) -> None:
    before = shutil.disk_usage(site.data_dir).used
    with bad.connected(site.port) as client:
        client.sendall(
            b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 2000000000\r\n\r\n"
        )
        bad.send_as_much_as_is_taken(client, 50_000_000)
        assert client.recv(1000).startswith(b"HTTP/1.1 413")
    assert shutil.disk_usage(site.data_dir).used - before < 20_000_000
