"""Scrolling through the grid of a large subject, in a real Chromium on a phone and on a desktop.

    python tests/bench/bench_grid.py [--images 10000] [--seconds 6] [--times 3]

A site of its own, its pictures made up, their thumbnails real. Scrolls steadily, by finger on a
phone of 390 pixels whose processor is slowed down four times, and by wheel on a desktop; each
`--times`, the best counts, as other programs only ever make it slower. Prints how long frames
took: the median, the 95th percentile and the longest, and the longest task of the page. Fails when
the 95th percentile on the phone is over 32 ms.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, CHROMIUM_FLAGS, ROOT, wait_until_up

GOAL_MS = 32.0
PASSWORD = "scrolls all day"
SPEED = 1600
"""Pixels a second: a finger that looks for something, five rows of a phone's screen."""

WATCH = """() => {
  const seen = { frames: [], tasks: [] };
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  });
  observer.observe({ type: "longtask" });
  let before = null;
  const onFrame = (now) => {
    if (before !== null) seen.frames.push(now - before);
    before = now;
    if (!seen.done) requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
  window.seen = seen;
}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A screen, what scrolls it, and how much slower than this machine its processor is."""

    name: str
    width: int
    height: int
    slower: int
    by: str
    goal_ms: float | None = None

    @property
    def options(self) -> dict[str, Any]:
        touch = self.by == "touch"
        size = {"width": self.width, "height": self.height}
        return {"viewport": size, "has_touch": touch, "is_mobile": touch}


DEVICES = (
    Device(name="phone", width=390, height=844, slower=4, by="touch", goal_ms=GOAL_MS),
    Device(name="desktop", width=1440, height=900, slower=1, by="mouse"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scrolled:
    """How smooth it was, in ms."""

    median: float
    p95: float
    longest: float
    longest_task: float
    """0: none took 50 ms."""
    num_nodes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    is_met = True
    with site(given.images) as (url, path), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        print(f"{given.images:,} pictures, {SPEED} pixels a second; ms a frame")
        for device in DEVICES:
            page = opened(browser, device, url, path)
            ways = [scrolled(page, device, given.seconds) for _ in range(given.times)]
            best = min(ways, key=lambda way: way.p95)
            print(
                f"  {device.name:8} median {best.median:5.1f}   95 % {best.p95:5.1f}   "
                f"longest {best.longest:5.0f}   longest task {best.longest_task:4.0f}   "
                f"{best.num_nodes} elements"
            )
            is_met = is_met and (device.goal_ms is None or best.p95 <= device.goal_ms)
            page.context.close()
        browser.close()
    print(
        f"wanted: 95 % of frames in {GOAL_MS:.0f} ms on the phone: {'met' if is_met else 'MISSED'}"
    )
    sys.exit(0 if is_met else 1)


@contextmanager
def site(num_images: int) -> Iterator[tuple[str, str]]:
    """Its address, and that of the pictures in it."""
    data_dir = Path(tempfile.mkdtemp(prefix="winnow-grid-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port)}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    environment.pop("DATABASE_URL", None)
    try:
        fill = [sys.executable, "-m", "tests.bench.grid_to_scroll", str(num_images), PASSWORD]
        told = subprocess.run(fill, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
        serve = [sys.executable, "manage.py", "serve", "--workers", "1"]
        with (data_dir / "serve.log").open("wb") as log:
            process = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://localhost:{port}"
            wait_until_up(url, data_dir / "serve.log")
            yield url, told.stdout.decode().strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    finally:
        shutil.rmtree(data_dir)


def opened(browser: Browser, device: Device, url: str, path: str) -> Page:
    """The grid in a browser of that kind, its first pictures there."""
    page = browser.new_context(base_url=url, locale="en-GB", **device.options).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("scale-admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.goto(path)
    page.locator(".cell__image").first.wait_for()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": device.slower})
    return page


def scrolled(page: Page, device: Device, seconds: float) -> Scrolled:
    """How smooth it is to go on down the list from wherever the page stands."""
    devtools = page.context.new_cdp_session(page)
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    before = page.evaluate("window.scrollY")
    if device.by == "touch":
        stroke_up(devtools, device, seconds)
    else:
        turn_wheel(devtools, device, seconds)
    seen = page.evaluate("(window.seen.done = true, window.seen)")
    gone = page.evaluate("window.scrollY") - before
    assert gone > SPEED * seconds / 4, f"it scrolled {gone} pixels only"
    frames = sorted(seen["frames"])
    return Scrolled(
        median=statistics.median(frames),
        p95=frames[int(0.95 * len(frames))],
        longest=frames[-1],
        longest_task=max(seen["tasks"], default=0),
        num_nodes=page.evaluate("document.querySelectorAll('*').length"),
    )


def stroke_up(devtools: CDPSession, device: Device, seconds: float) -> None:
    """A thumb that goes up the screen, again and again; the page rolls on between."""
    top, bottom, x = device.height // 5, device.height * 4 // 5, device.width // 2

    def thumb(kind: str, *ys: float) -> None:
        points = [{"x": x, "y": y} for y in ys]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    end = time.monotonic() + seconds
    while (begun := time.monotonic()) < end:
        thumb("touchStart", bottom)
        y = float(bottom)
        while y > top:
            y = max(top, bottom - SPEED * (time.monotonic() - begun))
            thumb("touchMove", y)
        thumb("touchEnd")


def turn_wheel(devtools: CDPSession, device: Device, seconds: float) -> None:
    """A wheel that turns evenly."""
    devtools.send(
        "Input.synthesizeScrollGesture",
        {
            "x": device.width // 2,
            "y": device.height // 2,
            "yDistance": -int(SPEED * seconds),
            "speed": SPEED,
            "gestureSourceType": "mouse",
            "preventFling": True,
        },
    )


if __name__ == "__main__":
    main()
