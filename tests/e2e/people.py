"""What people do at the site, in the words of its pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

PATIENCE_MS = 240_000
"""For what a background process does on a busy machine."""
LOOKING_MS = 350
"""How long a person looks at the least: what they do sooner was meant for the picture before."""


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    expect(page.get_by_role("heading", name=f"Hello, {name}")).to_be_visible()


def open_project(page: Page, name: str, slug: str, *, rule: str = "weighted") -> None:
    page.goto("/projects/new/")
    page.fill("input[name=name]", name)
    page.fill("input[name=slug]", slug)
    page.check(f"input[name=rule][value={rule}]")
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def invite(page: Page, project: str, role: str) -> str:
    """Make an invitation link on the members page; it is shown this once."""
    page.goto(f"/projects/{project}/members/")
    page.select_option("#invitations select[name=role]", role)
    page.get_by_role("button", name="Make a link").click()
    return page.locator("code.link-shown").inner_text()


def join(page: Page, link: str, name: str, password: str) -> None:
    """Follow an invitation link as somebody new: sign up and be in."""
    page.goto(link)
    page.get_by_role("link", name=re.compile("Sign up", re.IGNORECASE)).first.click()
    page.fill("input[name=username]", name)
    page.fill("input[name=password1]", password)
    page.fill("input[name=password2]", password)
    page.press("input[name=password2]", "Enter")
    expect(page.get_by_role("heading", name=f"Hello, {name}")).to_be_visible(timeout=30_000)


def add_subject(page: Page, project: str, name: str, slug: str) -> None:
    page.goto(f"/projects/{project}/subjects/new/")
    page.fill("input[name=name]", name)
    page.fill("input[name=slug]", slug)
    page.locator("main form button").last.click()
    page.wait_for_url("**/subjects/**")


def record_consent(page: Page, room: str, evidence: Path) -> None:
    page.goto(f"{room}consents/")
    form = page.locator("#record")
    form.locator("select[name=basis]").select_option("invented_person")
    for act in ("curate", "train", "publish"):
        form.locator(f"input[name=acts][value={act}]").check()
    form.locator("input[name=signed_by]").fill("nobody")
    form.locator("input[name=evidence]").set_input_files(evidence)
    form.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("not covered")).to_have_count(0)


def add_portrait(page: Page, room: str, pictures: Sequence[Path]) -> None:
    page.goto(f"{room}settings/")
    page.locator("form[action$='settings/portraits/'] input[type=file]").set_input_files(pictures)
    page.get_by_role("button", name="Add portraits").click()
    expect(page.locator("main img")).not_to_have_count(0)


def add_look_alike(page: Page, room: str, name: str, how: str, picture: Path) -> None:
    page.goto(f"{room}settings/")
    form = page.locator("form[action$='settings/look-alikes/']")
    form.locator("input[name=name]").fill(name)
    form.locator("textarea[name=how_to_tell]").fill(how)
    form.locator("input[type=file]").set_input_files(picture)
    form.get_by_role("button", name="Add a look-alike").click()
    expect(page.get_by_text(how)).to_be_visible()


def bring_in(page: Page, room: str, label: str, files: Sequence[Path]) -> None:
    """Send files from the sources page and watch until all of them are in."""
    page.goto(f"{room}sources/")
    page.fill("#import input[name=label]", label)
    page.fill("#import textarea[name=licence_note]", "invented people, MIT")
    page.locator(".upload__zone input").first.set_input_files(files)
    page.get_by_role("button", name="Import", exact=True).click()  # waits for the files itself
    page.wait_for_url("**/imports/**", timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile("pictures were imported"))).to_be_visible(
        timeout=PATIENCE_MS
    )


def cut(page: Page, room: str, size: int) -> None:
    page.goto(f"{room}batches/")
    page.fill("form[action$='batches/cut/'] input[name=size]", str(size))
    page.locator("form[action$='batches/cut/'] button").click()
    expect(page.get_by_role("link", name=re.compile("Batch 1")).first).to_be_visible()


def assign(page: Page, room: str, number: int, name: str) -> None:
    page.goto(f"{room}batches/{number}/")
    form = page.locator("form[action$='assign/']")
    whom = form.locator("select[name=volunteer]")
    offered = whom.locator("option", has_text=re.compile(f"^{name} ·")).get_attribute("value")
    whom.select_option(offered)
    form.get_by_role("button").click()
    expect(page.get_by_text(f"Batch {number} is now with {name}.")).to_be_visible()


def sit_at_the_desk(page: Page) -> None:
    """From home to the desk by the one big button."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("^(Start|Continue)$")).first.click()
    shown_number(page)


def shown_number(page: Page) -> str:
    """The number of the picture on the desk, once it is there and was looked at for a moment."""
    expect(page.locator(".stage__room[data-shown] img")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(LOOKING_MS)
    return page.locator(".stage").get_attribute("aria-label") or ""


def judge_all(page: Page, judge: Callable[[int], None], total: int) -> None:
    """Judge `total` pictures one after the other; `judge` gets the position from 0."""
    for position in range(total):
        before = shown_number(page)
        judge(position)
        if position < total - 1:
            expect(page.locator(".stage")).not_to_have_attribute("aria-label", before)


def all_votes_are_stored(page: Page) -> None:
    expect(page.get_by_text("All votes are stored").first).to_be_attached(timeout=30_000)


def withdraw(page: Page, room: str) -> None:
    """The subject's consent ends at once."""
    page.goto(f"{room}consents/")
    page.locator("details summary", has_text="Withdraw").first.click()
    form = page.locator("form[action$='withdraw/']").first
    form.locator("[name=note]").fill("She changed her mind.")
    form.locator("[name=sure]").check()
    page.on("dialog", lambda dialog: dialog.accept())
    form.get_by_role("button").click()
    confirm = page.locator("dialog[open] button").last
    if confirm.count():
        confirm.click()
    expect(page.get_by_text("withdrawn, with immediate effect")).to_be_visible()
