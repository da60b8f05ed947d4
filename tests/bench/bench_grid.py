"""Scrolling through the grid of a large subject, in a real Chromium on a phone and on a desktop.

    python tests/bench/bench_grid.py [--images 10000] [--seconds 6] [--times 5]

A site of its own, its pictures made up, their thumbnails real. Scrolls steadily, by finger on a
phone of 390 pixels whose processor is slowed down four times, and by wheel on a desktop; each
`--times`. Prints, of the middle and of the best run, how long frames took, how many were late and
the processor's time of the page's main thread, which other programs lengthen far less, and beside
them the same of an empty page scrolled in turn with the grid; and how busy the machine was.

The verdict is of the phone's middle run. At 60 Hz a frame takes 16.7 ms or 33.3, and nothing
between: that 95 % of frames take 32 ms at most means that one in twenty may be late. Fails with 1
when more are late than that, and with 2, no verdict, when the empty page misses it too, as then
the machine is too busy to tell. One run proves little; the best one flatters.
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
NO_VERDICT = 2
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
    late: float
    """The share of frames over `GOAL_MS`."""
    busy: float
    """The main thread's processor time for 1,000 pixels; slowed down if the device is."""
    num_nodes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    verdict = 0
    with site(given.images) as (url, path), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        print(f"{given.images:,} pictures, {SPEED} pixels a second; ms a frame")
        for device in DEVICES:
            pages = {"grid": opened(browser, device, url, path), "empty": empty(browser, device)}
            ways: dict[str, list[Scrolled]] = {what: [] for what in pages}
            for _ in range(given.times):
                for what, page in pages.items():
                    page.bring_to_front()
                    ways[what].append(scrolled(page, device, given.seconds))
            middles = {what: tell(device, what, those) for what, those in ways.items()}
            print(f"  {device.name:8} load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
            if device.goal_ms is not None:
                phone = middles["grid"]
                verdict = judged(device.goal_ms, **middles)
            for page in pages.values():
                page.context.close()
        browser.close()
    word = {0: "met", 1: "MISSED", NO_VERDICT: "no verdict, an empty page misses it too"}[verdict]
    print(f"wanted: 95 % of frames in {GOAL_MS:.0f} ms on the phone, in the middle run: {word}")
    print(f"late there: {phone.late:.1%} of frames; wanted: at most 5 %")
    sys.exit(verdict)


def tell(device: Device, what: str, ways: list[Scrolled]) -> Scrolled:
    """Print the middle and the best of the runs; the middle one is returned."""
    ordered = sorted(ways, key=lambda way: way.late)
    middle = ordered[len(ordered) // 2]
    for name, way in (("middle", middle), ("best", ordered[0])):
        print(
            f"  {device.name:8} {what:6} {name:7} median {way.median:5.1f}   95 % {way.p95:5.1f}   "
            f"late {way.late:5.1%}   longest {way.longest:5.0f}   "
            f"longest task {way.longest_task:4.0f}   busy {way.busy:4.0f} in 1,000 pixels   "
            f"{way.num_nodes} elements"
        )
    return middle


def judged(goal_ms: float, *, grid: Scrolled, empty: Scrolled) -> int:
    """What to exit with."""
    if grid.p95 <= goal_ms:
        return 0
    return NO_VERDICT if empty.p95 > goal_ms else 1


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


def empty(browser: Browser, device: Device) -> Page:
    """A page as high that has nothing on it: what is late there is late by the machine."""
    page = browser.new_context(**device.options).new_page()
    page.set_content(
        '<meta name="viewport" content="width=device-width"><div style="height: 500000px"></div>'
    )
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": device.slower})
    return page


def scrolled(page: Page, device: Device, seconds: float) -> Scrolled:
    """How smooth it is to go on down the list from wherever the page stands."""
    devtools = page.context.new_cdp_session(page)
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    before = page.evaluate("window.scrollY")
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    busy = busy_ms(devtools)
    if device.by == "touch":
        stroke_up(devtools, device, seconds)
    else:
        turn_wheel(devtools, device, seconds)
    busy = busy_ms(devtools) - busy
    seen = page.evaluate("(window.seen.done = true, window.seen)")
    gone = page.evaluate("window.scrollY") - before
    assert gone > SPEED * seconds / 4, f"it scrolled {gone} pixels only"
    frames = sorted(seen["frames"])
    return Scrolled(
        median=statistics.median(frames),
        p95=frames[int(0.95 * len(frames))],
        longest=frames[-1],
        longest_task=max(seen["tasks"], default=0),
        late=sum(frame > GOAL_MS for frame in frames) / len(frames),
        busy=1000 * busy / gone,
        num_nodes=page.evaluate("document.querySelectorAll('*').length"),
    )


def busy_ms(devtools: CDPSession) -> float:
    """The processor time of the page's main thread until now."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


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
