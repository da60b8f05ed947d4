"""“Give me fifty”: from home to the desk, to the end of it, and by Enter to the next batch."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.axe import violations
from tests.e2e.conftest import OWNER, OWNER_PASSWORD

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough phrase 9"
ROOM = "/projects/work/subjects/ada/"


@pytest.fixture
def is_console_heeded() -> bool:
    """It names the request that is refused at the end."""
    return False


def test_work_is_had_without_asking_and_enter_goes_on(
    open_browser: Callable[..., Page], tmp_path: Path
) -> None:
    evidence = tmp_path / "同意书.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    olga = open_browser()
    do.sign_in(olga, OWNER, OWNER_PASSWORD)
    do.open_project(olga, "Work", "work")
    phone = {"width": 390, "height": 844}
    vera = open_browser(viewport=phone, has_touch=True)
    do.join(vera, do.invite(olga, "work", "volunteer"), "wanda", PASSWORD)
    do.add_subject(olga, "work", "Ada", "ada")
    do.record_consent(olga, ROOM, evidence)
    do.add_portrait(olga, ROOM, [DEMO / "portraits" / "ada_1.jpg"])
    do.bring_in(olga, ROOM, "weibo", sorted((DEMO / "pair" / "ada").glob("*.jpg"))[:4])
    do.cut(olga, ROOM, 2)
    olga.goto(ROOM)
    olga.get_by_role("button", name="Open to everybody").click()
    expect(olga.get_by_text(re.compile("open to everybody since"))).to_be_visible()
    olga.screenshot(path=tmp_path / "room.png", full_page=True)

    vera.goto("/")
    vera.screenshot(path=tmp_path / "home.png")
    assert violations(vera) == []
    vera.get_by_role("button", name="Give me 50").click()
    for batch in (1, 2):
        vera.wait_for_url(f"**/batches/{batch}/desk/")
        do.judge_all(vera, lambda _position: vera.keyboard.press("k"), 2)
        more = vera.get_by_role("button", name="Give me more")
        expect(more).to_be_enabled()
        vera.wait_for_timeout(do.LOOKING_MS)
        vera.screenshot(path=tmp_path / f"end-{batch}.png")
        assert violations(vera) == []
        vera.keyboard.press("Enter")
    expect(vera.get_by_text("All that is open to you is judged. Thank you!")).to_be_visible()
    vera.screenshot(path=tmp_path / "nothing.png")
    vera.get_by_role("button", name="Return it").click()
    expect(vera.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    vera.screenshot(path=tmp_path / "home-nothing.png")
