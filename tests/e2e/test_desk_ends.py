"""What ends at the server ends on open desks within five seconds; votes wait for their owner."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, Site

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough phrase 7"
ROOM = "/projects/ends/subjects/ada/"
WITHIN_MS = 5000


@pytest.fixture
def is_console_heeded() -> bool:
    """It names the requests that are refused here."""
    return False


@pytest.fixture
def olga(open_browser: Callable[..., Page]) -> Page:
    page = open_browser()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    return page


@pytest.fixture
def batch(olga: Page, open_browser: Callable[..., Page], tmp_path: Path) -> Page:
    """A batch that the owner and a volunteer hold; the page of the volunteer, at its desk."""
    evidence = tmp_path / "同意书.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    vera = open_browser()
    if olga.goto("/projects/ends/").status == 404:  # type: ignore[union-attr]
        do.open_project(olga, "Ends", "ends")
        do.join(vera, do.invite(olga, "ends", "volunteer"), "wilma", PASSWORD)
        do.add_subject(olga, "ends", "Ada", "ada")
        do.record_consent(olga, ROOM, evidence)
        do.add_portrait(olga, ROOM, [DEMO / "portraits" / "ada_1.jpg"])
        do.bring_in(olga, ROOM, "weibo", sorted((DEMO / "pair" / "ada").glob("*.jpg"))[:12])
        do.cut(olga, ROOM, 50)
        do.assign(olga, ROOM, 1, OWNER)
    else:
        do.sign_in(vera, "wilma", PASSWORD)
        olga.goto(f"{ROOM}consents/")
        if olga.get_by_text("not covered").count():
            do.record_consent(olga, ROOM, evidence)
    do.assign(olga, ROOM, 1, "wilma")
    do.sit_at_the_desk(vera)
    return vera


def test_a_withdrawal_empties_an_open_desk_within_five_seconds(batch: Page, olga: Page) -> None:
    vera = batch
    vera.keyboard.press("k")
    do.all_votes_are_stored(vera)
    do.shown_number(vera)
    kept = vera.locator(".stage__picture img").get_attribute("src")
    # The worker sends as well, so what is cut off is the whole browser.
    vera.context.route("**/api/v1/items/**", lambda route: route.abort())
    vera.keyboard.press("k")
    do.withdraw(olga, ROOM)
    expect(vera.locator("img")).to_have_count(0, timeout=WITHIN_MS)
    expect(vera.get_by_text("Judging has stopped")).to_be_visible()
    expect(vera.get_by_text("The consent for this person")).to_be_visible()
    expect(vera.get_by_text("Votes kept on this device")).to_be_visible()
    vera.wait_for_timeout(500)
    from_cache = "url => fetch(url, {cache: 'force-cache'}).then(answer => answer.status)"
    assert vera.evaluate(from_cache, kept) != 200
    home = vera.goto("/")
    assert home is not None
    expect(vera.get_by_role("link", name="Continue")).to_have_count(0)
    expect(vera.get_by_text("These pictures are hidden")).to_be_visible()


def test_whoever_signs_in_in_the_same_browser_gets_none_of_it(batch: Page, site: Site) -> None:
    vera = batch
    vera.route("**/lease", lambda route: route.abort())  # the key is pressed before it is asked
    other = vera.context.new_page()
    other.goto("/")
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    do.sign_in(other, OWNER, OWNER_PASSWORD)
    vera.keyboard.press("k")
    vera.unroute("**/lease")
    expect(vera.get_by_text("Somebody else has signed in").first).to_be_visible(timeout=WITHIN_MS)
    expect(vera.locator("img")).to_have_count(0, timeout=WITHIN_MS)
    assert "All votes are stored" not in vera.locator("body").inner_text()
    counted = "from curation.votes.models import Vote; print(list(Vote.objects.filter("
    of_olga = f"{counted}volunteer__username='{OWNER}', image__subject__project__slug='ends')))"
    assert site.manage("shell", "-v", "0", "-c", of_olga).strip() == "[]"
    other.goto("/")
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    do.sign_in(other, "wilma", PASSWORD)
    expect(other.get_by_text("stored now: 1")).to_be_visible(timeout=WITHIN_MS)


def test_votes_of_a_lease_taken_back_wait_for_a_decision(batch: Page, olga: Page) -> None:
    vera = batch
    vera.context.route("**/api/v1/items/**", lambda route: route.abort())
    for _ in range(3):
        before = do.shown_number(vera)
        vera.keyboard.press("k")
        expect(vera.locator(".stage")).not_to_have_attribute("aria-label", before)
    olga.goto(f"{ROOM}batches/1/")
    olga.on("dialog", lambda dialog: dialog.accept())
    olga.locator("tr", has_text="wilma").get_by_role("button", name="Take back").click()
    confirm = olga.locator("dialog[open] button").last
    if confirm.count():
        confirm.click()
    expect(vera.locator("img")).to_have_count(0, timeout=WITHIN_MS)
    vera.context.unroute("**/api/v1/items/**")
    vera.goto("/")
    box = vera.locator(".notice--stop", has_text="not accepted: 3")
    expect(box).to_be_visible(timeout=15_000)
    vera.reload()
    expect(box).to_be_visible(timeout=15_000)
    do.assign(olga, ROOM, 1, "wilma")
    vera.reload()
    expect(vera.get_by_text("stored now: 3")).to_be_visible(timeout=WITHIN_MS)
    expect(box).to_have_count(0)
