"""Contested pictures are settled by keys: how soon the next case is there, and what outlives what.

The times are printed (`pytest -s`); a busy machine makes them worse, so what is asserted is what
they come from: the next case is on the screen before the ruling on the last one is answered.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Site
from tests.e2e.people import LOOKING_MS

pytestmark = pytest.mark.e2e

ADA = "/projects/demo/subjects/ada/"
RULINGS = "**/api/v1/images/*/ruling"
SHOWN = ".ruling__picture[data-shown] img"

KEY_TO_PAINTED = """() => {
  const before = document.querySelector(".ruling__picture").dataset.shown;
  window.paintedAfter = new Promise((painted) => {
    addEventListener("keydown", ({timeStamp}) => {
      const look = () => {
        const room = document.querySelector(".ruling__picture");
        const picture = room?.querySelector("img");
        if (room?.dataset.shown !== before && picture?.complete)
          requestAnimationFrame(() => painted(performance.now() - timeStamp));
        else requestAnimationFrame(look);
      };
      look();
    }, {once: true, capture: true});
  });
}"""
"""From the key to the frame after the one with the next case's picture in it."""


@pytest.fixture(scope="module")
def logins(site: Site) -> dict[str, str]:
    site.manage("load_demo")
    kept: dict[str, str] = json.loads((site.data_dir / "demo-logins.json").read_text())
    return kept


@pytest.fixture
def open_room(
    browser: Browser, site: Site, logins: dict[str, str]
) -> Iterator[Callable[..., Page]]:
    """The room of an organiser; every test finds its cases as nobody has settled them."""
    forget = "from curation.consensus.models import Ruling; Ruling.objects.all().delete()"
    site.manage("shell", "-v", "0", "-c", forget)
    contexts = []

    def open_one(**options: object) -> Page:
        given = {
            "base_url": site.url,
            "locale": "en-GB",
            "viewport": {"width": 1440, "height": 900},
        }
        context = browser.new_context(**(given | options))  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", "organiser")
        page.fill("input[name=password]", logins["organiser"])
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/")
        page.goto(f"{ADA}contested/")
        looked_at(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


def looked_at(page: Page) -> str:
    """Which case is shown, once its picture is there and was looked at for a moment."""
    expect(page.locator(SHOWN)).to_be_visible()
    page.wait_for_timeout(LOOKING_MS)
    return shown(page)


def shown(page: Page) -> str:
    return page.locator(".ruling__picture").get_attribute("data-shown") or ""


def rulings(site: Site) -> dict[str, str]:
    """What is stored, by image."""
    code = (
        "import json; from curation.consensus.models import Ruling; "
        "print(json.dumps({str(i): v for i, v in Ruling.objects.values_list('image', 'verdict')}))"
    )
    return dict(json.loads(site.manage("shell", "-v", "0", "-c", code)))


def all_are_stored(page: Page) -> None:
    expect(page.locator(".ruling__sent:not(.badge)")).to_be_visible()


def let_go(page: Page, held: list[Route]) -> None:
    """What was held goes on, and nothing is held any more."""
    kept = list(held)
    page.unroute(RULINGS)
    for route in kept:
        with suppress(Error):  # The page may have given up on it, and sent it again.
            route.continue_()


def test_the_next_case_is_painted_before_the_ruling_is_answered(
    open_room: Callable[..., Page], site: Site
) -> None:
    page = open_room()
    held: list[Route] = []
    page.route(RULINGS, lambda route: held.append(route))  # noqa: PLW0108, it is given a mark
    times: list[float] = []
    seen = [shown(page)]
    waiting = int(page.locator(".ruling__top .number").inner_text())
    assert waiting >= 2, "the demo has contested pictures"
    for _ in range(min(waiting - 1, 8)):
        page.evaluate(KEY_TO_PAINTED)
        page.keyboard.press("k")
        times.append(page.evaluate("window.paintedAfter"))
        seen.append(looked_at(page))
    assert len(set(seen)) == len(seen), "each key brought another case"
    assert rulings(site) == {}, "none of the rulings was answered by then"
    assert held, "the first is on its way"
    print(  # noqa: T201
        f"\nkey to next case painted: median {statistics.median(times):.0f} ms, "
        f"worst {max(times):.0f} ms of {len(times)}, load {os.getloadavg()[0]:.1f}"
    )
    let_go(page, held)
    all_are_stored(page)
    assert rulings(site) == dict.fromkeys(seen[:-1], "keep")


def test_a_ruling_is_taken_back_by_z(open_room: Callable[..., Page], site: Site) -> None:
    page = open_room()
    first = shown(page)
    page.keyboard.press("k")
    looked_at(page)
    all_are_stored(page)
    assert rulings(site) == {first: "keep"}
    page.keyboard.press("z")
    assert looked_at(page) == first
    all_are_stored(page)
    assert rulings(site) == {}


def test_one_looks_closer_by_the_desks_keys(open_room: Callable[..., Page]) -> None:
    page = open_room()
    picture = page.locator(SHOWN)
    whole = picture.bounding_box()
    page.keyboard.press("Space")
    page.wait_for_timeout(LOOKING_MS)
    assert picture.bounding_box() != whole
    page.keyboard.press("0")
    page.wait_for_timeout(LOOKING_MS)
    assert picture.bounding_box() == whole
    page.keyboard.press("f")
    expect(page.locator(".ruling__looks [aria-pressed=true]")).to_have_count(1)


def test_what_is_refused_stays_until_it_is_let_go(open_room: Callable[..., Page]) -> None:
    page = open_room()
    refusal = json.dumps({"code": "ruled_meanwhile", "detail": "-"})
    page.route(
        RULINGS,
        lambda route: route.fulfill(status=409, content_type="application/json", body=refusal),
    )
    page.keyboard.press("k")
    told = page.locator(".ruling__refused")
    expect(told).to_be_visible()
    page.reload()
    expect(told).to_be_visible()
    told.get_by_role("button").last.click()
    expect(told).to_have_count(0)


def test_a_ruling_outlives_a_reload_while_the_server_is_away(
    open_room: Callable[..., Page], site: Site
) -> None:
    page = open_room()
    first = shown(page)
    page.route(RULINGS, lambda route: route.abort())
    page.keyboard.press("k")
    expect(page.locator(".ruling__sent.badge")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    looked_at(page)
    assert rulings(site) == {}
    page.unroute(RULINGS)
    page.evaluate("dispatchEvent(new Event('online'))")
    all_are_stored(page)
    assert rulings(site) == {first: "keep"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_all_that_decides_is_in_view(
    open_room: Callable[..., Page], size: tuple[int, int], language: str, scheme: str
) -> None:
    page = open_room(
        viewport={"width": size[0], "height": size[1]}, locale=language, color_scheme=scheme
    )
    page.wait_for_load_state("networkidle")
    parts = (".ruling__votes li", ".ruling__people img", ".ruling__alike *", ".ruling__bar button")
    for part in parts:
        found = page.locator(part).all()
        assert found, part
        for each in found:
            expect(each).to_be_in_viewport(ratio=1)
    for part in (".ruling__side", ".ruling__alike p"):
        hidden = page.locator(part).first.evaluate("at => at.scrollHeight - at.clientHeight")
        assert hidden <= 0, part
    assert violations(page) == []
