"""Files and folders sent with a real browser, over a cut line and a killed server."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import people as do
from tests.e2e.conftest import wait_until_up
from tests.stories.real_site import ROOT, RealSite
from tests.stories.sources import write_pictures

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough phrase 7"
SOURCES = "/projects/fans/subjects/ada/sources/"
PIECE = 8 * 2**20


class ServedSite(RealSite):
    """A site whose `serve` can be killed and started again, at the same address."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.python(
            "from curation.projects.models import User; otto = User.objects.get();"
            f"otto.set_password({PASSWORD!r}); otto.save()"
        )

    def serve(self) -> None:
        environment = self._environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), "--workers", "1"]
        with (self.data_dir / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        wait_until_up(self.url, self.data_dir / "serve.log")

    def kill(self) -> None:
        """kill -9 of all of it at once."""
        family = psutil.Process(self.process.pid)
        for process in [family, *family.children(recursive=True)]:
            process.kill()
        self.process.wait(30)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)

    @property
    def received(self) -> int:
        """Bytes that lie in the waiting room."""
        files = (self.data_dir / "incoming").glob("*/*")
        return sum(file.stat().st_size for file in files if file.suffix != ".jsonl")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ServedSite]:
    site = ServedSite(tmp_path / "var")
    site.serve()
    yield site
    site.stop()


@pytest.fixture
def otto(browser: Browser, site: ServedSite) -> Iterator[Page]:
    context = browser.new_context(base_url=site.url, locale="en-GB")
    page = context.new_page()
    do.sign_in(page, "otto", PASSWORD)
    page.goto(SOURCES)
    yield page
    context.close()


def wait_for(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not reached():
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.1)


def say_whence(page: Page, label: str) -> None:
    page.locator("input[name=label]").fill(label)
    page.locator("textarea[name=licence_note]").fill("fan use")


def drop(page: Page, *paths: Path) -> None:
    """Drop files and folders as a hand does: the browser itself reads what lies in them."""
    zone = page.locator(".upload__zone").bounding_box()
    assert zone is not None
    at = {"x": zone["x"] + 10, "y": zone["y"] + 10}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def test_a_large_file_arrives_whole_over_a_cut_line_and_a_killed_server(
    otto: Page, site: ServedSite, tmp_path: Path
) -> None:
    film = tmp_path / "film.mkv"
    film.write_bytes(os.urandom(1_000_003) * 60)
    sent = 0

    def count(request: object) -> None:
        nonlocal sent
        sent += int(request.headers.get("upload-offset") is not None)  # type: ignore[attr-defined]

    otto.on("request", count)
    slow = otto.context.new_cdp_session(otto)
    slow.send("Network.enable")
    pace = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": 12 * 2**20}
    slow.send("Network.emulateNetworkConditions", {"offline": False, **pace})
    otto.locator(".upload__zone input").first.set_input_files(film)

    wait_for(lambda: site.received >= PIECE)
    otto.context.set_offline(True)
    time.sleep(3)
    otto.context.set_offline(False)
    slow.send("Network.emulateNetworkConditions", {"offline": False, **pace})
    before = site.received
    wait_for(lambda: site.received >= before + PIECE)

    site.kill()
    acknowledged = site.received
    expect(otto.get_by_text("No answer from the server")).to_be_visible(timeout=30_000)
    site.serve()
    expect(otto.get_by_text("All files have arrived")).to_be_visible(timeout=120_000)

    (arrived,) = (site.data_dir / "incoming").glob("*/*")
    assert arrived.stat().st_size == film.stat().st_size
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    assert hashlib.sha256(arrived.read_bytes()).hexdigest() == digest
    assert PIECE < acknowledged < film.stat().st_size, "it was killed in the middle"
    assert sent <= film.stat().st_size / PIECE + 8, "what had arrived was not sent again"


def test_dropped_folders_come_in_and_each_becomes_a_source(
    otto: Page, site: ServedSite, tmp_path: Path
) -> None:
    folder = write_pictures(
        tmp_path / "ada",
        {f"微博/{n:03d} 自拍.png": n for n in range(130)} | {"董宫/集 1/1.png": 500, "1.png": 501},
    )
    drop(otto, folder)
    say_whence(otto, "rest")
    otto.get_by_label("Make each sub-folder a source").check()
    # Pressed while files are still arriving: the import begins when all have.
    otto.get_by_role("button", name="Import", exact=True).click()
    expect(otto.locator("ul.log > li")).to_have_count(3, timeout=90_000)
    expect(otto.locator("ul.log .badge--ok")).to_have_count(3, timeout=60_000)  # moves by itself
    found = site.rows(
        "select s.label, p.path from sources_provenance p"
        " join sources_source s on s.id = p.source_id order by p.path"
    )
    assert len(found) == 132
    assert ("董宫", "ada/董宫/集 1/1.png") in found
    assert ("微博", "ada/微博/007 自拍.png") in found
    assert ("rest", "ada/1.png") in found


def test_another_day_only_the_rest_is_sent(otto: Page, site: ServedSite, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "scan", {f"{n}.png": n for n in range(12)})
    otto.locator(".upload__zone input").nth(0).set_input_files(sorted(folder.iterdir())[:5])
    expect(otto.get_by_text("5 / 5 files")).to_be_visible()
    otto.goto("/")
    otto.goto(SOURCES)
    expect(otto.get_by_text("Files that have arrived: 5 of 5.")).to_be_visible()
    sent: list[str] = []
    otto.on(
        "request",
        lambda request: sent.append(request.url) if "/files" in request.url else None,
    )
    otto.locator(".upload__zone input").nth(0).set_input_files(sorted(folder.iterdir()))
    expect(otto.get_by_text("12 / 12 files")).to_be_visible()
    assert len(sent) == 7, "one request for each of the others"
    say_whence(otto, "scan")
    otto.get_by_role("button", name="Import", exact=True).click()
    otto.wait_for_url(re.compile(r"/imports/\d+/"))
    expect(otto.get_by_text("All pictures were imported.")).to_be_visible(timeout=60_000)


def test_what_was_sent_can_be_thrown_away(otto: Page, site: ServedSite, tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "scan", {f"{n}.png": n for n in range(3)})
    otto.locator(".upload__zone input").nth(0).set_input_files(sorted(folder.iterdir()))
    expect(otto.get_by_text("3 / 3 files")).to_be_visible()
    otto.get_by_role("button", name="Discard this upload").click()
    otto.get_by_role("button", name="Discard all that has arrived").click()
    expect(otto.get_by_text("3 / 3 files")).to_have_count(0)
    wait_for(lambda: not list((site.data_dir / "incoming").iterdir()))
