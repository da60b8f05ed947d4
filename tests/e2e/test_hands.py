"""What hands do without meaning to: double clicks, keys that bounce, keys under an input method."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD

pytestmark = pytest.mark.e2e

ROOM = "/projects/hands/subjects/ada/"
PICTURES = 60
FIVE_A_SECOND_MS = 200
MOMENT_OF_KEYS_MS, MOMENT_OF_POINTERS_MS = 100, 300
"""`MOMENT_MS` of the desk."""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hands") / "consent.txt"
    path.write_text("She does not exist and has no objection.", encoding="utf-8")
    return path


@pytest.fixture
def desk(open_browser: Callable[..., Page], evidence: Path) -> Page:
    """A desk with sixty pictures, of which none is judged when the first story begins."""
    page = open_browser()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    if not page.locator("a[href='/projects/hands/']").count():
        do.open_project(page, "Hands", "hands")
        do.add_subject(page, "hands", "Ada", "ada")
        do.record_consent(page, ROOM, evidence)
        do.bring_in(page, ROOM, "weibo", sorted((DEMO / "pair").rglob("*.jpg"))[:PICTURES])
        do.cut(page, ROOM, PICTURES)
        do.assign(page, ROOM, 1, OWNER)
    page.goto(f"{ROOM}batches/1/desk/")
    do.shown_number(page)
    page.wait_for_timeout(500)
    return page


def judged(page: Page) -> int:
    return int(page.locator(".desk-top__count b").inner_text())


def test_the_second_click_of_a_double_click_judges_nothing(desk: Page) -> None:
    keep = desk.locator(".verdict--keep").bounding_box()
    assert keep is not None
    desk.mouse.move(keep["x"] + 20, keep["y"] + 10)
    desk.evaluate("() => { window.downs = []; }")
    desk.evaluate("() => addEventListener('pointerdown', (event) => downs.push(event.timeStamp))")
    for gap in (20, 60, 120, 250):
        tries = (clicks_twice_once(desk, gap) for _ in range(5))
        assert any(tries), "the machine is too busy to click twice"


def clicks_twice_once(desk: Page, gap: int) -> bool:
    """Click twice `gap` ms apart: one vote. False where the clicks came too far apart to say."""
    before = judged(desk)
    desk.mouse.down()
    desk.mouse.up()
    desk.wait_for_timeout(gap)
    desk.mouse.down()
    desk.mouse.up()
    desk.wait_for_timeout(500)
    apart = desk.evaluate("() => downs.at(-1) - downs.at(-2)")
    if apart >= MOMENT_OF_POINTERS_MS - 10:
        return False
    assert judged(desk) == before + 1, f"{apart} ms between the clicks"
    return True


def bounces_once(desk: Page, gap: int) -> bool:
    """Press K twice `gap` ms apart: one vote. False where the presses came too far apart to say."""
    before = judged(desk)
    apart = desk.evaluate(PRESS_K, {"times": 2, "every": gap})
    desk.wait_for_timeout(300)
    if apart >= MOMENT_OF_KEYS_MS - 10:
        return False
    assert judged(desk) == before + 1, f"{apart} ms between the presses"
    return True


def test_a_key_that_bounces_judges_once_and_five_pictures_a_second_all_count(desk: Page) -> None:
    for gap in (5, 30, 60):
        assert any(bounces_once(desk, gap) for _ in range(5)), "the machine is too busy to bounce"
    before = judged(desk)
    desk.evaluate(PRESS_K, {"times": 25, "every": FIVE_A_SECOND_MS})
    desk.wait_for_timeout(300)
    assert judged(desk) == before + 25


PRESS_K = """async ({times, every}) => {
  const press = (type) => document.body.dispatchEvent(
    new KeyboardEvent(type, {key: "k", code: "KeyK", bubbles: true, cancelable: true}));
  let [last, apart] = [performance.now(), 0];
  for (let n = 0; n < times; n++) {
    await new Promise((resolve) => setTimeout(resolve, every));
    press("keydown");
    press("keyup");
    [apart, last] = [performance.now() - last, performance.now()];
  }
  return apart;
}"""
"""In the page itself, as a press from outside takes as long as the machine is busy. Returns how
many milliseconds the last two were apart."""


def test_keys_work_by_their_place_while_an_input_method_is_on(desk: Page) -> None:
    session = desk.context.new_cdp_session(desk)

    def press(code: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            session.send(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": "Process", "code": code, "windowsVirtualKeyCode": 229},
            )
        desk.wait_for_timeout(300)

    before = judged(desk)
    press("KeyK")
    assert judged(desk) == before + 1
    press("Digit3")
    assert judged(desk) == before + 2
    number = do.shown_number(desk)
    press("ArrowLeft")
    expect(desk.locator(".stage")).not_to_have_attribute("aria-label", number)
    press("KeyZ")
    assert judged(desk) == before + 1
