"""What is one person's own at the desk: the keys they chose, the questions they asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough phrase 7"
ROOM = "/projects/own/subjects/ada/"
DESK = f"{ROOM}batches/1/desk/"
PICTURES = 6


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "consent.txt"
    path.write_text("She does not exist and has no objection.", encoding="utf-8")
    return path


@pytest.fixture
def olga(open_browser: Callable[..., Page], evidence: Path) -> Page:
    """The organiser, who has cut a batch."""
    page = open_browser()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    if not page.locator("a[href='/projects/own/']").count():
        do.open_project(page, "Own", "own")
        do.add_subject(page, "own", "Ada", "ada")
        do.record_consent(page, ROOM, evidence)
        do.add_portrait(page, ROOM, [DEMO / "portraits" / "ada_1.jpg"])
        do.bring_in(page, ROOM, "weibo", sorted((DEMO / "pair").rglob("*.jpg"))[:PICTURES])
        do.cut(page, ROOM, PICTURES)
    return page


def test_a_question_of_one_is_answered_for_all(
    olga: Page, open_browser: Callable[..., Page]
) -> None:
    odo, oda = open_browser(), open_browser()
    for page, name in ((odo, "odo"), (oda, "oda")):
        do.join(page, do.invite(olga, "own", "volunteer"), name, PASSWORD)
        do.assign(olga, ROOM, 1, name)
    odo.goto(DESK)
    number = do.shown_number(odo)
    odo.keyboard.press("q")
    form = odo.locator(".ask")
    form.get_by_role("textbox").fill("Is this her sister?")
    form.get_by_role("button", name="Ask").click()
    expect(odo.locator(".pinned")).to_contain_text("Asked, not answered yet")
    expect(odo.locator(".stage")).to_have_attribute("aria-label", number)

    olga.goto(f"{ROOM}questions/")
    expect(olga.get_by_text("Is this her sister?")).to_be_visible()
    olga.locator("textarea[name=answer]").fill("No, it is Ada herself.")
    olga.get_by_role("button", name="Answer", exact=True).click()
    expect(olga.get_by_text("No question is open")).to_be_visible()

    oda.goto(DESK)
    assert do.shown_number(oda) == number
    expect(oda.locator(".pinned")).to_contain_text("Somebody asked")
    expect(oda.locator(".pinned")).to_contain_text("No, it is Ada herself.")
    odo.reload()
    assert do.shown_number(odo) == number
    expect(odo.locator(".pinned")).to_contain_text("You asked")
    expect(odo.locator(".pinned")).to_contain_text("No, it is Ada herself.")


def test_a_key_of_ones_own_works_after_a_reload_and_the_help_shows_it(olga: Page) -> None:
    do.assign(olga, ROOM, 1, OWNER)
    olga.goto(DESK)
    do.shown_number(olga)
    olga.keyboard.press("?")
    keys = olga.get_by_role("dialog", name="Keys and gestures")
    keys.get_by_role("button", name="Change keys").click()
    keys.get_by_role("button", name="Keep K", exact=True).click()
    olga.keyboard.press("u")
    expect(keys.get_by_role("status")).to_contain_text("U already means “Unsure”")
    olga.keyboard.press("j")
    expect(keys.get_by_role("status")).to_have_text("“Keep” is now on J.")

    olga.reload()
    do.shown_number(olga)
    judged = olga.locator(".desk-top__count b")
    olga.keyboard.press("k")
    expect(judged).to_have_text("0")
    olga.keyboard.press("j")
    expect(judged).to_have_text("1")
    do.all_votes_are_stored(olga)
    expect(olga.locator(".verdict--keep kbd")).to_have_text("J")
    olga.keyboard.press("?")
    row = keys.locator("dl > div", has=olga.get_by_text("Keep", exact=True))
    expect(row.locator("kbd")).to_have_text("J")
