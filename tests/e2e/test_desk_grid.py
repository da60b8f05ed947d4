"""Many pictures at once at the desk: by keyboard, and by touch on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, Site

pytestmark = pytest.mark.e2e

ROOM = "/projects/pages/subjects/ada/"
PICTURES = 60
VOTES = """
from curation.votes.models import Vote
mine = Vote.objects.filter(image__subject__project__slug="pages").select_related("image")
print(*(f"{vote.image.number}:{vote.verdict}:{''.join(vote.reasons)}" for vote in mine))
"""

GROUPS = """
import time
from curation.duplicates.models import NearPair
from curation.images.models import Image
images = Image.objects.filter(subject__project__slug="pages").order_by("number")
while images.exclude(analysis__compared_by__gt=0).exists():
    time.sleep(0.5)  # until the machine has found its own, and finds no more
ids = list(images.values_list("pk", flat=True)[:9])
measured = dict(subject=images[0].subject, hash_bits=1, likeness=0.99, version=1)
NearPair.objects.all().delete()
NearPair.objects.bulk_create(
    NearPair(first_id=ids[first], second_id=ids[second], **measured)
    for start in (0, 3, 6)
    for first, second in ((start, start + 1), (start, start + 2), (start + 1, start + 2))
)
"""

COVERED = """() => {
  const over = document.querySelector(".desk-unsent").getBoundingClientRect();
  const controls = [...document.querySelectorAll(".desk :is(a, button)")];
  return controls.filter((control) => {
    const box = control.getBoundingClientRect();
    const meets = box.right > over.left && box.left < over.right
      && box.bottom > over.top && box.top < over.bottom;
    return meets && control.checkVisibility({visibilityProperty: true});
  }).map((control) => control.className);
}"""
"""The controls that lie under what says how many votes are unsent."""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "consent.txt"
    path.write_text("She does not exist and has no objection.", encoding="utf-8")
    return path


def sit_down(page: Page, evidence: Path) -> Page:
    """At a desk with sixty pictures, with the grid on."""
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    if not page.locator("a[href='/projects/pages/']").count():
        do.open_project(page, "Pages", "pages")
        do.add_subject(page, "pages", "Ada", "ada")
        do.record_consent(page, ROOM, evidence)
        do.add_portrait(page, ROOM, [DEMO / "portraits" / "ada_1.jpg"])
        do.bring_in(page, ROOM, "weibo", sorted((DEMO / "pair").rglob("*.jpg"))[:PICTURES])
        do.cut(page, ROOM, PICTURES)
        do.assign(page, ROOM, 1, OWNER)
    page.goto(f"{ROOM}batches/1/desk/")
    page.get_by_role("button", name="Many pictures").click()
    all_shown(page)
    return page


def all_shown(page: Page) -> list[str]:
    """The numbers on the page in turn, once all its pictures are there and were looked at."""
    cells = page.locator(".cell")
    expect(cells.locator("img")).to_have_count(cells.count(), timeout=30_000)
    page.wait_for_timeout(do.LOOKING_MS)
    return page.locator(".cell__number").all_inner_texts()


def stored(site: Site) -> dict[str, str]:
    """What the site has stored, by number: the verdict and its reasons."""
    words = site.manage("shell", "-v", "0", "-c", VOTES).split()
    return {number: said for number, _, said in (word.partition(":") for word in words)}


def test_a_page_is_marked_and_sent_by_keyboard_and_comes_back(
    open_browser: Callable[..., Page], evidence: Path, site: Site
) -> None:
    page = sit_down(open_browser(), evidence)
    numbers = all_shown(page)
    assert len(numbers) == 16
    page.keyboard.press("ArrowRight")
    for key in ("ArrowRight", "3", "ArrowDown", "1", "ArrowDown", "u"):
        page.keyboard.press(key)
    page.keyboard.press("Space")
    expect(page.locator(".grid-large img")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_text("Send: 13 keep, 2 reject, 1 unsure")).to_be_visible()
    page.keyboard.press("Enter")
    assert all_shown(page)[0] not in numbers
    do.all_votes_are_stored(page)
    votes = stored(site)
    assert sorted(votes) == sorted(str(int(number)) for number in numbers)
    said = [votes[str(int(number))] for number in numbers]
    assert said[1] == "reject:blurry"
    assert said[5] == "reject:subject_absent"
    assert said[9] == "unsure:"
    assert said.count("keep:") == 13
    page.keyboard.press("z")
    assert all_shown(page) == numbers
    do.all_votes_are_stored(page)
    assert stored(site) == {}


def test_of_nearly_equal_pictures_one_is_kept_and_each_slip_is_taken_back(
    open_browser: Callable[..., Page], evidence: Path, site: Site
) -> None:
    page = sit_down(open_browser(), evidence)
    site.manage("shell", "-v", "0", "-c", GROUPS)
    page.reload()
    all_shown(page)
    page.keyboard.press("b")
    first = group_shown(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    second = group_shown(page)
    assert not set(first) & set(second)
    do.all_votes_are_stored(page)
    votes = stored(site)
    assert [votes.pop(str(int(number))) for number in first] == [
        "keep:" if place == 1 else "reject:duplicate" for place in range(len(first))
    ]
    assert votes == {}
    page.keyboard.press("d")
    expect(page.locator(".latest")).to_contain_text(f"All different: {len(second)}")
    assert not set(second) & set(group_shown(page))
    assert said_distinct(site) > 0
    page.keyboard.press("z")
    expect(page.locator(".latest")).to_have_text(f"Not all different after all: {len(second)}")
    assert group_shown(page) == second
    assert said_distinct(site) == 0
    page.get_by_role("button", name="Undo").first.click()
    assert group_shown(page) == first
    do.all_votes_are_stored(page)
    assert stored(site) == {}


def group_shown(page: Page) -> list[str]:
    expect(page.locator(".grid--group .cell img").first).to_be_visible(timeout=30_000)
    return all_shown(page)


def said_distinct(site: Site) -> int:
    code = (
        "from curation.duplicates.models import SaidDistinct as Said; print(Said.objects.count())"
    )
    return int(site.manage("shell", "-v", "0", "-c", code))


def test_votes_that_wait_lie_over_no_control_of_a_narrow_phone(
    open_browser: Callable[..., Page], evidence: Path, site: Site
) -> None:
    phone = open_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = sit_down(phone, evidence)
    site.manage("shell", "-v", "0", "-c", GROUPS)
    page.reload()
    all_shown(page)
    held: list[Route] = []
    page.route("**/api/v1/items/**", lambda route: held.append(route))  # noqa: PLW0108, it is given a mark
    page.keyboard.press("b")
    group_shown(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    group_shown(page)
    lies_over_nothing(page)
    page.keyboard.press("g")
    all_shown(page)
    lies_over_nothing(page)


def lies_over_nothing(page: Page) -> None:
    for width in (320, 360, 390):
        page.set_viewport_size({"width": width, "height": 844})
        expect(page.locator(".desk-unsent")).to_be_in_viewport(ratio=1)
        assert page.evaluate(COVERED) == [], f"at {width} px"


def test_a_page_is_marked_and_sent_by_touch(
    open_browser: Callable[..., Page], evidence: Path, site: Site
) -> None:
    page = sit_down(
        open_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True),
        evidence,
    )
    numbers = all_shown(page)
    assert len(numbers) == 9
    page.get_by_role("button", name="Fewer, larger pictures").tap()
    assert all_shown(page) == numbers[:4]
    page.locator(".grid-bar .reason").nth(2).tap()
    page.locator(".cell").nth(1).tap()
    page.locator(".cell").nth(2).tap()
    page.wait_for_timeout(do.LOOKING_MS)
    page.locator(".cell").nth(2).tap()
    expect(page.get_by_text("Send: 3 keep, 1 reject")).to_be_visible()
    page.locator(".grid-bar__send").tap()
    all_shown(page)
    do.all_votes_are_stored(page)
    votes = stored(site)
    assert [votes[str(int(number))] for number in numbers[:4]] == [
        "keep:",
        "reject:blurry",
        "keep:",
        "keep:",
    ]
