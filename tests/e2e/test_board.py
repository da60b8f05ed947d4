"""The board: batches go to two people with one press; one of them keeps a part of theirs."""

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

ROOM = "/projects/board/subjects/bo/"
PASSWORD = "a long enough phrase 9"


def test_two_people_get_all_and_one_returns_a_part(
    open_browser: Callable[..., Page], tmp_path: Path
) -> None:
    evidence = tmp_path / "同意书.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    olga = open_browser()
    do.sign_in(olga, OWNER, OWNER_PASSWORD)
    do.open_project(olga, "Board", "board")
    bea = open_browser(viewport={"width": 390, "height": 844}, has_touch=True)
    do.join(bea, do.invite(olga, "board", "volunteer"), "board-bea", PASSWORD)
    ben = open_browser()
    do.join(ben, do.invite(olga, "board", "volunteer"), "board-ben", PASSWORD)
    do.add_subject(olga, "board", "Bo", "bo")
    do.record_consent(olga, ROOM, evidence)
    do.bring_in(olga, ROOM, "weibo", sorted((DEMO / "pair" / "ada").glob("*.jpg"))[:6])
    do.cut(olga, ROOM, 3)

    olga.goto(f"{ROOM}batches/")
    olga.get_by_text("All on this page").click()
    olga.locator("summary", has_text="To whom").click()
    olga.locator(".acts-bar").get_by_label("board-bea").check()
    olga.locator(".acts-bar").get_by_label("board-ben").check()
    olga.get_by_role("button", name="Hand out").click()
    expect(olga.get_by_text("2 handed out (batch 1, 2).")).to_be_visible()
    olga.goto(f"{ROOM}batches/")
    assert violations(olga) == []
    olga.screenshot(path=tmp_path / "board.png", full_page=True)
    olga.get_by_role("link", name="By person").click()
    expect(olga.locator("tbody tr", has_text="0 / 6")).to_have_count(2)
    assert violations(olga) == []

    bea.goto(f"{ROOM}batches/1/")
    bea.locator("summary", has_text="Keep a part").click()
    bea.get_by_label("Keep the next").fill("1")
    assert violations(bea) == []
    bea.get_by_role("button", name="Keep these, return the rest").click()
    expect(bea.get_by_text(re.compile("2 pictures go to others; you keep 1"))).to_be_visible()
    bea.screenshot(path=tmp_path / "own.png", full_page=True)
    ben.goto(f"{ROOM}batches/3/")
    expect(ben.get_by_text(re.compile("2 pictures are waiting for you"))).to_be_visible()
