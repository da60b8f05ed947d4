"""The organiser sorts before cleaning: with keys, mouse and finger, in the grid of the demo."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site

pytestmark = pytest.mark.e2e

IMAGES = "/projects/demo/subjects/ada/images/"


SUSPECTED = """
from curation.images.measures import blank_measures
from curation.images.models import Image
from curation.subjects.models import Subject
ada = Subject.objects.get(slug="ada", project__slug="demo")
consent, images = ada.consents.first(), ada.images.order_by("number")[:8]
cai = Subject.objects.create(project=ada.project, slug="cai", name="Cai")
consent.pk, consent.subject = None, cai
consent.save(force_insert=True)
suspected = ["", "drawn", "", "blurry", "", "", "blurry", "blurry"]
suspicion = [0.1, 0.99, None, 0.95, 0.2, 0.05, 0.93, 0.97]
for image, name, share in zip(images, suspected, suspicion):
    image.pk, image.subject = None, cai
    image.save(force_insert=True)
    measures = blank_measures(image)
    measures.suspected, measures.suspicion = name, share
    measures.save(force_insert=True)
"""
"""A subject of whose pictures the machine thinks just this: nobody queued them to be analysed."""


@pytest.fixture(scope="module")
def password(site: Site) -> str:
    site.manage("load_demo")
    logins: dict[str, str] = json.loads((site.data_dir / "demo-logins.json").read_text())
    return logins["organiser"]


def signed_in(page: Page, password: str) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("organiser")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.goto(IMAGES)
    expect(page.locator(".cell__image").first).to_be_visible()
    return page


def cell(page: Page, position: int) -> tuple[float, float]:
    """Where on the screen the middle of a picture is."""
    box = page.locator(f"#cell-{position}").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["width"] / 2


def test_keys_choose_go_and_open(open_browser: Callable[..., Page], password: str) -> None:
    page = signed_in(open_browser(), password)
    grid = page.get_by_role("grid")
    grid.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".acts__num")).to_have_text("8 chosen")
    page.keyboard.press("Control+a")
    expect(page.locator(".acts__num")).to_have_text("181 chosen")
    page.keyboard.press(" ")
    expect(page.locator(".acts__num")).to_have_text("180 chosen")
    page.keyboard.press("Escape")
    expect(page.locator(".acts")).to_have_count(0)

    page.keyboard.press("g")
    page.keyboard.type("150")
    page.keyboard.press("Enter")
    expect(grid).to_be_focused()
    active = page.locator(".cell--active")
    expect(active).to_have_attribute("aria-label", re.compile("^00150, rejected"))
    expect(active).to_be_in_viewport()
    assert grid.get_attribute("aria-activedescendant") == active.get_attribute("id")

    page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="Picture 00150")
    expect(viewer).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="Picture 00151")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).not_to_be_visible()
    expect(grid).to_be_focused()


def test_the_mouse_draws_a_range_and_zooms(
    open_browser: Callable[..., Page], password: str
) -> None:
    page = signed_in(open_browser(), password)
    page.mouse.move(*cell(page, 1))
    page.mouse.down()
    page.mouse.move(*cell(page, 9), steps=6)
    page.mouse.up()
    expect(page.locator(".acts__num")).to_have_text("9 chosen")
    page.locator("#cell-3 .cell__check").click()
    expect(page.locator(".acts__num")).to_have_text("8 chosen")
    page.locator("#cell-5").click()
    image = page.locator(".viewer__image")
    expect(image).to_be_visible()
    stage = page.locator(".viewer__stage")
    stage.hover()
    page.mouse.wheel(0, -400)
    expect(stage).to_have_class("viewer__stage viewer__stage--large")
    stage.dblclick()
    expect(stage).to_have_class("viewer__stage")


def test_a_finger_that_rests_draws_a_range(
    open_browser: Callable[..., Page], password: str
) -> None:
    phone = open_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = signed_in(phone, password)
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", cell(page, 0))
    page.wait_for_timeout(600)
    finger("touchMove", cell(page, 4))
    finger("touchEnd")
    expect(page.locator(".acts__num")).to_have_text("5 chosen")
    page.locator("#cell-1").tap()
    expect(page.locator(".acts__num")).to_have_text("4 chosen")


def test_what_is_chosen_is_rejected_after_a_number_was_said(
    open_browser: Callable[..., Page], password: str
) -> None:
    page = signed_in(open_browser(), password)
    page.goto(f"{IMAGES}?state=wanted")
    left = page.locator(".sheet-count")
    expect(left).to_contain_text("pictures fit")
    before = int(left.inner_text().split()[0])
    page.get_by_role("grid").focus()
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Reject …").click()
    page.get_by_role("dialog").get_by_label("Reason").select_option("duplicate")
    page.get_by_role("button", name="Reject 2").click()
    expect(page.locator(".sheet-notice")).to_contain_text("2 pictures are rejected.")
    expect(left).to_contain_text(f"{before - 2} pictures fit")
    page.get_by_label("State").select_option("rejected")
    page.get_by_label("Rejected as").select_option("duplicate")
    expect(page.locator(".cell--rejected")).not_to_have_count(0)
    assert page.url.endswith("?state=rejected&reason=duplicate")


def test_suspicion_leads_to_gold_by_keys(
    open_browser: Callable[..., Page], password: str, site: Site
) -> None:
    site.manage("shell", "-c", SUSPECTED)
    page = signed_in(open_browser(), password)
    page.goto(IMAGES.replace("ada", "cai"))
    grid = page.get_by_role("grid")
    facts, filters = page.locator(".cell__fact"), page.locator("#grid-filters")
    page.get_by_label("Sort by").select_option("suspicion")
    expect(page).to_have_url(re.compile(r"\?sort=suspicion&descending=true$"))
    expect(facts).to_have_text(["99%", "97%", "95%", "93%", "20%", "10%", "5%", "–"])
    page.get_by_role("button", name="Largest first").click()
    expect(facts).to_have_text(["5%", "10%", "20%", "93%", "95%", "97%", "99%", "–"])
    page.get_by_role("button", name="Smallest first").click()

    page.get_by_role("button", name="Filter").click()
    filters.get_by_label("The machine suspects").select_option("blurry")
    expect(page.locator(".sheet-count")).to_have_text("3 pictures fit")
    expect(facts).to_have_text(["97%", "95%", "93%"])
    expect(page.locator(".cell__suspicion")).to_have_count(3)
    for each in page.locator(".cell").all():
        expect(each).to_have_attribute("aria-label", re.compile("The machine suspects: "))

    grid.focus()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Mark 2 pictures as gold?")
    expect(dialog).to_be_visible()
    page.keyboard.press("k")
    expect(dialog.get_by_label("Keep")).to_be_checked()
    page.keyboard.press("3")
    expect(dialog.get_by_role("radio").nth(3)).to_be_checked()
    dialog.get_by_label("Why").fill("the eyes are soft, 3 of them")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet-notice")).to_have_text("2 pictures are gold now. ")
    expect(page.locator(".cell__gold--reject")).to_have_count(2)

    filters.get_by_label("The machine suspects").select_option("")
    filters.get_by_label("Gold").select_option("yes")
    expect(page.locator(".sheet-count")).to_have_text("2 pictures fit")
    expect(facts).to_have_text(["97%", "95%"])
    expect(page.locator(".cell").first).to_have_attribute(
        "aria-label", re.compile("Gold: reject – ")
    )

    grid.focus()
    page.keyboard.press(" ")
    page.keyboard.press("s")
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet-notice")).to_have_text("1 pictures are not gold now. ")
    expect(page.locator(".sheet-count")).to_have_text("1 pictures fit")
    page.locator(".cell").first.click()
    expect(page.locator(".viewer .facts")).to_contain_text("★ Gold: reject – ")


def test_one_picture_is_gold_on_its_own_page(
    open_browser: Callable[..., Page], password: str
) -> None:
    page = signed_in(open_browser(), password)
    page.goto(f"{IMAGES}150/")
    gold = page.locator("#gold")
    gold.get_by_text("Mark as gold").click()
    gold.get_by_role("button", name="Gold: reject").click()
    expect(page.get_by_text("A rejection needs at least one reason.")).to_be_visible()
    gold.get_by_text("Mark as gold").click()
    gold.get_by_role("checkbox").nth(2).check()
    gold.get_by_role("checkbox").nth(3).check()
    gold.get_by_label("Why").fill("out of focus, and a hand before the mouth")
    gold.get_by_role("button", name="Gold: reject").click()
    expect(page.get_by_text("Picture 00150 is gold now.")).to_be_visible()
    expect(gold).to_contain_text("out of focus, and a hand before the mouth")
    gold.get_by_role("button", name="No longer gold").click()
    expect(page.get_by_text("Picture 00150 is no longer gold.")).to_be_visible()
    expect(gold.get_by_text("Mark as gold")).to_be_visible()


def test_without_javascript_the_pictures_are_there_by_number(
    open_browser: Callable[..., Page], password: str
) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("organiser")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.goto(IMAGES)
    expect(page.locator(".picture")).to_have_count(60)
    expect(page.locator("noscript .notice")).to_have_text(re.compile("Without JavaScript"))
    expect(page.locator(".picture").first).to_be_visible()
