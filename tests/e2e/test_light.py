"""How soon the first picture is on a phone that was never here, over lines as they are on a train.

The figures are printed (`pytest -s`) and kept in docs/lab.md; a busy machine makes them worse, so
what is asserted is what they come from: who waits for whom, and how many bytes come first.
"""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, Site
from tests.e2e.lines import LINES, Line
from tests.e2e.seeing import photographs as heavy_photographs

pytestmark = pytest.mark.e2e

ROOM = "/projects/light/subjects/ada/"
PICTURES = 60
TIMES = 5
KILOBYTES_BESIDE = 36
"""Of the page and its looks, as they are sent, before the first picture is there."""
LATER = re.compile(r"^/(api|sw\.js)|\.js$")
OPENER_BYTES = 1000
"""All scripts but one wait for the picture: it is this small, and lets them in afterwards."""
CONNECTIONS = 6
"""So many a browser has to one site without HTTP/2; the picture takes that of the page."""


NOTE_THE_FIRST_PICTURE = """
  const inTwoFrames = (then) =>
    requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())));
  const readyAfter = new Promise((ready) => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector(".stage__room[data-shown] img")) return;
      watch.disconnect();
      inTwoFrames(ready);
    });
    watch.observe(document, {childList: true, subtree: true, attributes: true});
  });
  const paintedAfter = new Promise((painted) => {
    const isPicture = ({url}) => url.endsWith("/preview.webp");
    new PerformanceObserver((list) => {
      const picture = list.getEntries().find(isPicture);
      if (picture) painted(picture.renderTime);
    }).observe({type: "largest-contentful-paint", buffered: true});
  });
  const worker = navigator.serviceWorker;
  const register = worker.register.bind(worker);
  window.registeredAt = [];
  worker.register = (...given) => {
    window.registeredAt.push(performance.now());
    return register(...given);
  };
  window.readyAfter = readyAfter;
  window.shownAfter = paintedAfter;
"""
SHOWN_AFTER = "() => window.shownAfter"
READY_AFTER = "() => window.readyAfter"
WHAT_CAME = """() => performance.getEntriesByType("resource").concat(
  performance.getEntriesByType("navigation")).map((each) => ({
    path: new URL(each.name).pathname, bytes: each.encodedBodySize,
    from: Math.round(each.startTime), to: Math.round(each.responseEnd)})).concat(
      window.registeredAt.map((at) => ({path: "/sw.js", bytes: 0, from: at, to: at})))"""


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return heavy_photographs(tmp_path_factory.mktemp("photographs"), PICTURES)


@pytest.fixture
def olga(open_browser: Callable[..., Page], photographs: list[Path], tmp_path: Path) -> Page:
    """Somebody who holds a batch; their browser's cookies open the desk elsewhere."""
    evidence = tmp_path / "consent.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    page = open_browser()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    if not page.locator("a[href='/projects/light/']").count():
        do.open_project(page, "Light", "light")
        do.add_subject(page, "light", "Ada", "ada")
        do.record_consent(page, ROOM, evidence)
        do.add_portrait(page, ROOM, sorted((DEMO / "portraits").glob("ada_*.jpg")))
        do.bring_in(page, ROOM, "weibo", photographs)
        do.cut(page, ROOM, PICTURES)
        do.assign(page, ROOM, 1, OWNER)
    page.goto(f"{ROOM}batches/1/desk/")
    do.shown_number(page)
    return page


def new_phone(browser: Browser, site: Site, signed_in: BrowserContext) -> BrowserContext:
    """A phone with an empty cache, signed in."""
    return browser.new_context(
        base_url=site.url,
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
        device_scale_factor=3,
        is_mobile=True,
        has_touch=True,
        storage_state=signed_in.storage_state(),
    )


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_the_first_picture_on_a_phone_that_was_never_here(
    line: Line, olga: Page, browser: Browser, site: Site
) -> None:
    times, ready, came = [], [], []
    for _ in range(TIMES):
        phone = new_phone(browser, site, olga.context)
        page = phone.new_page()
        page.add_init_script(NOTE_THE_FIRST_PICTURE)
        line.slow_down(page)
        page.goto(f"{ROOM}batches/1/desk/", wait_until="commit")
        times.append(page.evaluate(SHOWN_AFTER))
        ready.append(page.evaluate(READY_AFTER))
        came = page.evaluate(WHAT_CAME)
        phone.close()
        early = [each["path"] for each in came if is_too_early(each, came)]
        assert early == []
    middle, judged = statistics.median(times), statistics.median(ready)
    print(  # noqa: T201  # the figures are what it is run for
        f"\nfirst picture over {line.name}: {middle:.0f} ms of {line.goal_ms} "
        f"({min(times):.0f} to {max(times):.0f}), to be judged at {judged:.0f} "
        f"({min(ready):.0f} to {max(ready):.0f}), load {os.getloadavg()[0]:.0f}"
    )
    pictures = sorted((each for each in came if is_picture(each)), key=lambda each: each["from"])
    first, *others = pictures
    assert all(each["from"] >= first["to"] for each in others), "it has the line for itself"
    before = [each for each in came if each["from"] < first["to"] and not is_picture(each)]
    assert sum(each["bytes"] for each in before) < KILOBYTES_BESIDE * 1000
    assert len(before) <= CONNECTIONS, "no file of the page waits for another to be through"
    assert middle < 2 * line.goal_ms


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (1440, 900)])
def test_the_picture_of_the_page_lies_where_the_desk_will_show_it(
    width: int, height: int, olga: Page
) -> None:
    page = olga.context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{ROOM}batches/1/desk/")
    without_scripts = place_of_picture(page)
    page.unroute("**/*.js")
    page.reload()
    do.shown_number(page)
    for edge, there in place_of_picture(page).items():
        # The names of reasons may need two lines.
        assert without_scripts[edge] == pytest.approx(there, abs=8), edge
    page.close()


def place_of_picture(page: Page) -> dict[str, float]:
    """In pixels of the page, once it is there."""
    picture = page.locator(".stage__picture img")
    picture.evaluate("image => image.decode()")
    box = picture.evaluate(
        """image => {
          const { left, top, width, height } = image.getBoundingClientRect();
          const scale = Math.min(width / image.naturalWidth, height / image.naturalHeight);
          return { middle: left + width / 2, center: top + height / 2,
                   width: image.naturalWidth * scale, height: image.naturalHeight * scale };
        }"""
    )
    return dict(box)


def is_too_early(each: dict[str, Any], came: list[dict[str, Any]]) -> bool:
    first = min((other for other in came if is_picture(other)), key=lambda other: other["from"])
    opens = each["path"].startswith("/static/assets/main-") and each["bytes"] < OPENER_BYTES
    return bool(LATER.search(each["path"])) and not opens and each["from"] < first["to"]


def is_picture(each: dict[str, Any]) -> bool:
    return str(each["path"]).startswith("/pictures/")
