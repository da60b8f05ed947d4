"""Looking closely at the desk: the picture is enlarged, never the page, and nothing is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD
from tests.e2e.fingers import PHONE, Fingers

pytestmark = pytest.mark.e2e

ROOM = "/projects/looking/subjects/ada/"
PICTURES = 4


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("looking") / "consent.txt"
    path.write_text("She does not exist and has no objection.", encoding="utf-8")
    return path


@pytest.fixture
def sit(open_browser: Callable[..., Page], evidence: Path) -> Callable[..., Page]:
    """Sits down at a desk with four pictures, none of them judged, and portraits of her."""

    def sit_down(**browser: object) -> Page:
        page = open_browser(**browser)
        do.sign_in(page, OWNER, OWNER_PASSWORD)
        if not page.locator("a[href='/projects/looking/']").count():
            do.open_project(page, "Looking", "looking")
            do.add_subject(page, "looking", "Ada", "ada")
            do.record_consent(page, ROOM, evidence)
            do.add_portrait(page, ROOM, sorted((DEMO / "portraits").glob("ada_[12].jpg")))
            do.bring_in(
                page,
                ROOM,
                "weibo",
                sorted((DEMO / "cleaning" / "concert").iterdir())[:PICTURES],
            )
            do.cut(page, ROOM, PICTURES)
            do.assign(page, ROOM, 1, OWNER)
        page.goto(f"{ROOM}batches/1/desk/")
        do.shown_number(page)
        return page

    return sit_down


def lie(page: Page) -> tuple[float, float, float]:
    """How much larger than whole the picture is drawn, and by how much it is moved."""
    scale, x, y = page.locator(".stage__picture img").evaluate(
        "(image) => { const {a, e, f} = new DOMMatrix(getComputedStyle(image).transform);"
        " return [a, e, f] }"
    )
    return scale, x, y


def nothing_else_happened(page: Page, number: str) -> None:
    """The page is as large as before, and the picture has no vote."""
    assert page.evaluate("visualViewport.scale") == 1
    assert page.locator(".stage").get_attribute("aria-label") == number
    assert page.locator(".desk-top__count b").inner_text() == "0"


def test_two_fingers_enlarge_the_picture_and_one_moves_it(sit: Callable[..., Page]) -> None:
    page = sit(**PHONE)
    number = do.shown_number(page)
    fingers = Fingers(page)
    fingers.pinch_open(40, 120)
    assert lie(page)[0] == pytest.approx(3, abs=0.1)
    x = lie(page)[1]
    fingers.drag(-90, 0)  # at this speed a keep or a reject, were the picture whole
    assert lie(page)[1] == pytest.approx(x - 90, abs=12)
    fingers.drag(-3000, 0)
    scale, x, _y = lie(page)
    room = page.locator(".stage__picture").evaluate("(room) => room.clientWidth")
    assert x >= -room * (scale - 1) / 2 - 1, "the stage was left empty"
    nothing_else_happened(page, number)
    fingers.pinch_open(120, 20)
    assert lie(page) == (1, 0, 0)
    nothing_else_happened(page, number)


def test_a_double_tap_comes_closer_and_back_and_judges_nothing(sit: Callable[..., Page]) -> None:
    page = sit(**PHONE)
    number = do.shown_number(page)
    fingers = Fingers(page)
    fingers.tap_twice()
    assert lie(page)[0] == 2.5
    page.wait_for_timeout(400)
    fingers.tap_twice()
    assert lie(page) == (1, 0, 0)
    nothing_else_happened(page, number)
    x, y = fingers.middle
    head = (x, y - 320)
    fingers.slide(*[((x - n, y), (head[0] + n, head[1])) for n in range(0, 90, 10)])
    nothing_else_happened(page, number)


def test_a_whole_picture_is_swiped_and_the_next_one_is_whole(sit: Callable[..., Page]) -> None:
    page = sit(**PHONE)
    number = do.shown_number(page)
    fingers = Fingers(page)
    fingers.pinch_open(40, 80)
    fingers.pinch_open(120, 20)
    fingers.drag(-160, 0)
    expect(page.locator("fieldset.actions")).to_have_attribute("data-open", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert lie(page)[0] > 1
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stage")).not_to_have_attribute("aria-label", number)
    do.shown_number(page)
    assert lie(page) == (1, 0, 0)
    page.keyboard.press("l")
    at_face = lie(page)[0]
    assert at_face > 1
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".stage")).to_have_attribute("aria-label", number)
    assert lie(page)[0] > 1
    page.keyboard.press("Escape")
    assert lie(page) == (1, 0, 0)
    nothing_else_happened(page, number)


def test_the_wheel_zooms_the_picture_also_with_control(sit: Callable[..., Page]) -> None:
    page = sit()
    number = do.shown_number(page)
    page.locator(".stage__picture").hover()
    page.mouse.wheel(0, -300)
    page.wait_for_function("document.querySelector('.stage__picture img').style.transform")
    near = lie(page)[0]
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_timeout(100)
    assert lie(page)[0] > near > 1
    assert page.evaluate("devicePixelRatio") == 1
    page.keyboard.press("0")
    page.keyboard.press("Space")
    expect(page.locator(".stage__zoom")).to_be_visible()
    page.keyboard.press("Space")
    nothing_else_happened(page, number)


def test_a_portrait_stands_beside_the_picture_and_opens_over_it(sit: Callable[..., Page]) -> None:
    page = sit(**PHONE)
    number = do.shown_number(page)
    page.get_by_role("button", name="Compare").tap()
    beside = page.locator(".stage__beside img")
    expect(beside).to_be_visible()
    first = beside.get_attribute("src")
    page.locator(".stage__beside").tap()
    expect(beside).not_to_have_attribute("src", first or "")
    page.locator(".stage__beside").tap()
    expect(beside).to_have_count(0)
    page.locator(".desk-tool--people").tap()
    page.locator(".desk-dialog--people .people__portraits button").first.tap()
    album = page.locator("dialog.album")
    expect(album.locator(".album__place")).to_have_text("1 / 2")
    box = album.locator(".album__stage").bounding_box()
    assert box is not None
    fingers = Fingers(page)
    fingers.middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    fingers.drag(-160, 0)
    expect(album.locator(".album__place")).to_have_text("2 / 2")
    page.keyboard.press("k")  # over the picture nothing is judged
    album.get_by_role("button", name="Close").tap()
    nothing_else_happened(page, number)
    assert len(page.context.pages) == 1


def test_what_others_say_stands_under_the_picture_of_a_phone(sit: Callable[..., Page]) -> None:
    page = sit(**PHONE)
    page.set_viewport_size({"width": 320, "height": 568})
    page.keyboard.press("o")
    expect(page.locator(".told-place")).to_be_attached()
    room = page.locator(".stage__room").bounding_box()
    page.keyboard.press("k")
    expect(page.locator(".told")).to_be_visible()
    told = page.locator(".told").bounding_box()
    assert room is not None
    assert told is not None
    assert page.locator(".stage__room").bounding_box() == room, "nothing moves when it comes"
    assert told["y"] >= room["y"] + room["height"]
    page.keyboard.press("z")
    do.all_votes_are_stored(page)
