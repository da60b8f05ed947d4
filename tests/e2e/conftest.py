"""A real site, started as a newcomer would, and people with browsers."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
OWNER, OWNER_PASSWORD = "olga", "opens the projects"


@dataclass
class Site:
    """A running site with a data folder of its own."""

    url: str
    data_dir: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def manage(self, *arguments: str) -> str:
        """Run a management command beside the running site and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """All of it begins; nobody waits until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--workers", "1"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill -9 for all of its processes, as when the power fails."""
        assert self.process is not None
        parts = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for part in parts:
            with suppress(psutil.NoSuchProcess):
                part.kill()
        self.process.wait(60)
        psutil.wait_procs(parts, timeout=60)

    @property
    def log(self) -> Path:
        return self.data_dir / "serve.log"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def running_site(data_dir: Path) -> Iterator[Site]:
    """A new one with its owner, for as long as the block; it must end well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port)}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"DJANGO_SUPERUSER_PASSWORD": OWNER_PASSWORD}
    environment.pop("DATABASE_URL", None)
    site = Site(f"http://localhost:{port}", data_dir, environment)
    site.manage("migrate", "--verbosity", "0")
    site.manage("createsuperuser", "--noinput", "--username", OWNER, "--email", "")
    site.start()
    try:
        wait_until_up(site.url, site.log)
        yield site
    finally:
        assert site.process is not None
        site.process.send_signal(signal.SIGINT)
        assert site.process.wait(60) == 0


def wait_until_up(url: str, log: Path) -> None:
    """Fails with what the site has said when it does not answer."""
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=5).close()
        except OSError:  # nobody listens yet, or nobody answers yet
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        else:
            return


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium here; on Debian: apt install chromium fonts-noto-cjk")
    with chromium() as browser:
        yield browser


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def is_console_heeded() -> bool:
    """Whether the console may name no error; where requests are refused or cut off it may."""
    return True


@pytest.fixture
def open_browser(
    browser: Browser, site: Site, *, is_console_heeded: bool
) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own for one person, in which no script may fail."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_one(**options: object) -> Page:
        given = {
            "base_url": site.url,
            "locale": "en-GB",
            "viewport": {"width": 1440, "height": 900},
        }
        context = browser.new_context(**(given | options))  # type: ignore[arg-type]
        contexts.append(context)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        if is_console_heeded:
            context.on("console", note)
        return context.new_page()

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            problems.append(said.text)

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []
