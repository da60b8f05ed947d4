"""Every page of the demo, large and small, in both languages, light and dark.

No page may be wider than its screen, complain in the console or have what axe finds wrong. The
pictures go to `test-results/screens` for somebody to look at; the README's are among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import ROOT, Site
from tests.e2e.people import shown_number

pytestmark = pytest.mark.e2e

SCREENS = ROOT / "test-results" / "screens"
README_IMAGES = ROOT / "docs" / "images"
ADA = "/projects/demo/subjects/ada/"
PAGES = {
    "volunteer": {
        "home": "/",
        "manual": "/manual/",
        "project": "/projects/demo/",
        "me": "/me/",
        "notices": "/accounts/notices/",
    },
    "organiser": {
        "home": "/",
        "manual-edit": "/projects/demo/manual/edit/",
        "manual-reason": "/projects/demo/manual/edit/covered/",
        "manual-versions": "/projects/demo/manual/versions/",
        "manual-old-text": "/projects/demo/manual/old-text/",
        "subject": ADA,
        "settings": f"{ADA}settings/",
        "sources": f"{ADA}sources/",
        "images": f"{ADA}images/",
        "image": f"{ADA}images/61/",
        "duplicates": f"{ADA}duplicates/",
        "hints": f"{ADA}hints/",
        "batches": f"{ADA}batches/",
        "people": f"{ADA}batches/people/",
        "batch": f"{ADA}batches/4/",
        "questions": f"{ADA}questions/",
        "decisions": f"{ADA}batches/4/decisions/",
        "contested": f"{ADA}contested/",
        "releases": f"{ADA}releases/",
        "release": f"{ADA}releases/1/",
        "build": f"{ADA}releases/new/",
        "summary": f"{ADA}releases/summary/",
        "coverage": f"{ADA}coverage/?against=bob",
        "quality": f"{ADA}quality/",
        "weights": f"{ADA}weights/",
        "labels": f"{ADA}labels/",
    },
    "admin": {
        "members": "/projects/demo/members/",
        "log": "/projects/demo/log/",
        "sign-ins": "/projects/demo/log/sign-ins/",
        "consents": f"{ADA}consents/",
        "derived": f"{ADA}derived/",
        "runs": "/projects/demo/runs/",
        "new-run": "/projects/demo/runs/new/",
        "two-factor": "/accounts/2fa/",
        "missing": "/projects/nowhere/",
    },
}


@dataclass(frozen=True)
class Look:
    width: int
    language: str
    scheme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


LOOKS = [
    Look(1440, "zh-CN", "light"),
    Look(1440, "en-GB", "dark"),
    Look(390, "zh-CN", "dark"),
    Look(390, "en-GB", "light"),
]


@pytest.fixture(scope="module")
def logins(site: Site) -> dict[str, str]:
    site.manage("load_demo")
    kept: dict[str, str] = json.loads((site.data_dir / "demo-logins.json").read_text())
    return kept


@pytest.fixture(params=LOOKS, ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    chosen: Look = request.param
    return chosen


@pytest.fixture
def page(browser: Browser, site: Site, look: Look) -> Iterator[Page]:
    """A browser that keeps the console free of errors, apart from missing pages asked for."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": look.width, "height": 900 if look.width > 500 else 844},
        locale=look.language,
        color_scheme="dark" if look.scheme == "dark" else "light",
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(f"{page.url}: {said.text}")
            if said.type == "error"
            and "nowhere" not in page.url
            and "ERR_FAILED" not in said.text  # requests that a story cuts off
            else None
        ),
    )
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    expect(page.locator("h1")).to_contain_text(name)


def take(page: Page, look: Look, name: str, *, full: bool = True) -> Path:
    """Photograph the page, once it has all that it loads; it must fit its screen."""
    page.wait_for_load_state("networkidle")
    too_wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert too_wide <= 0, f"{page.url} is {too_wide} px wider than a screen of {look.width}"
    path = SCREENS / f"{name}-{look}.png"
    page.screenshot(path=path, full_page=full)
    found = violations(page)
    assert found == [], "\n".join([f"{name} {look}", *found])
    return path


def test_practice_fits_its_screen(page: Page, look: Look, logins: dict[str, str]) -> None:
    """With the desk's keys; whoever was wrong sees the manual's pictures, and goes on.

    It comes before the desk is opened, which hides the same gold.
    """
    sign_in(page, "volunteer", logins["volunteer"])
    page.goto(f"{ADA}batches/2/practice/")
    expect(page.locator(".practice__stage img")).to_be_visible()
    take(page, look, "practice")
    if look.width < 500:
        for width, height in ((360, 640), (look.width, 844)):
            page.set_viewport_size({"width": width, "height": height})
            for part in page.locator(".practice__stage, .practice__answers button").all():
                expect(part).to_be_in_viewport(ratio=1)
    page.keyboard.press("Space")
    expect(page.locator(".practice__stage[data-large]")).to_be_visible()
    page.keyboard.press("u")  # gold is never that
    expect(page.locator(".notice--warn")).to_be_in_viewport()
    expect(page.locator(".practice__manual .example").first).to_be_attached()
    take(page, look, "practice-wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".notice--warn")).to_have_count(0)


@pytest.mark.parametrize("who", PAGES)
def test_every_page_fits_its_screen(
    page: Page, look: Look, who: str, logins: dict[str, str]
) -> None:
    sign_in(page, who, logins[who])
    for name, address in PAGES[who].items():
        page.goto(address)
        take(page, look, f"{who}-{name}")


def test_the_desk_fits_its_screen(page: Page, look: Look, logins: dict[str, str]) -> None:
    sign_in(page, "volunteer", logins["volunteer"])
    page.goto(f"{ADA}batches/2/desk/?begin=1")
    expect(page.locator(".stage__room[data-shown] img")).to_be_visible()
    path = take(page, look, "desk", full=False)
    if look.width > 500:
        README_IMAGES.mkdir(exist_ok=True)
        language = look.language[:2]
        (README_IMAGES / f"desk-{language}.png").write_bytes(path.read_bytes())


def test_votes_that_wait_hide_neither_whom_it_is_about_nor_the_help(
    page: Page, look: Look, logins: dict[str, str]
) -> None:
    sign_in(page, "volunteer", logins["volunteer"])
    page.context.route("**/api/v1/items/**", lambda route: route.abort())
    page.goto(f"{ADA}batches/2/desk/?begin=1")
    shown_number(page)
    page.keyboard.press("k")
    expect(page.locator(".desk-unsent span").first).to_be_visible()
    widths = (320, 360, look.width) if look.width < 500 else (look.width,)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        for part in (".desk-top__subject", ".desk-tools button:last-child", ".desk-unsent"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["width"] >= 24, f"{part} at {width} px"
    page.screenshot(path=SCREENS / f"desk-unsent-{look}.png")
    page.context.unroute("**/api/v1/items/**")
    page.keyboard.press("z")
    page.reload()
    expect(page.locator(".desk-unsent--none")).to_be_attached()


def test_strangers_see_a_door(page: Page, look: Look, logins: dict[str, str]) -> None:
    page.goto("/accounts/login/")
    take(page, look, "login")
