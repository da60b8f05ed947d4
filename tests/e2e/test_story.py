"""The whole story, from an empty site to a converted picture, told by the people in it.

The chapters build on each other and run in this order.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, Site

pytestmark = pytest.mark.e2e

NUM_PICTURES = 26
"""Of each person; training wants at least 25 faces."""
PASSWORD = "a long enough phrase 7"
ADA, BOB = "/projects/fans/subjects/ada/", "/projects/fans/subjects/bob/"


@pytest.fixture(scope="module")
def cast(browser: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """A browser for each person, kept open through all chapters; Vic uses a phone."""
    pages: dict[str, Page] = {}
    problems: list[str] = []

    def page_of(name: str) -> Page:
        if name not in pages:
            phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
            desktop = {"viewport": {"width": 1440, "height": 900}}
            context = browser.new_context(
                base_url=site.url, locale="en-GB", **(phone if name == "vic" else desktop)
            )
            pages[name] = context.new_page()
            pages[name].on("pageerror", lambda error: problems.append(f"{name}: {error}"))
        return pages[name]

    yield page_of
    for page in pages.values():
        page.context.close()
    assert problems == []


def pictures_of(slug: str) -> list[Path]:
    return sorted((DEMO / "pair" / slug).glob("*.jpg"))[:NUM_PICTURES]


def test_1_the_owner_opens_a_project_and_invites_people(cast: Callable[[str], Page]) -> None:
    olga = cast("olga")
    do.sign_in(olga, OWNER, OWNER_PASSWORD)
    do.open_project(olga, "Fans", "fans", rule="plain")
    for name, role in (
        ("otto", "organiser"),
        ("vera", "volunteer"),
        ("vic", "volunteer"),
        ("vito", "volunteer"),
    ):
        do.join(cast(name), do.invite(olga, "fans", role), name, PASSWORD)


def test_2_nothing_comes_in_before_a_consent_is_on_record(
    cast: Callable[[str], Page], tmp_path: Path
) -> None:
    otto, olga = cast("otto"), cast("olga")
    for name, slug in (("Ada", "ada"), ("Bob", "bob")):
        do.add_subject(otto, "fans", name, slug)
    otto.goto(f"{ADA}sources/")
    expect(otto.get_by_text("No consent in force")).to_be_visible()
    evidence = tmp_path / "Einwilligung 同意书.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    for room in (ADA, BOB):
        do.record_consent(olga, room, evidence)
    do.add_portrait(otto, ADA, [DEMO / "portraits" / f"ada_{n}.jpg" for n in (1, 2)])
    do.add_portrait(otto, BOB, [DEMO / "portraits" / "bob_1.jpg"])
    do.add_look_alike(otto, ADA, "Eve", "Eve's chin is pointed.", DEMO / "portraits" / "eve_1.jpg")


def test_3_pictures_come_in_by_zip_and_by_upload(
    cast: Callable[[str], Page], tmp_path: Path
) -> None:
    otto = cast("otto")
    packed = tmp_path / "阿达 的图.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for number, path in enumerate(pictures_of("ada"), start=1):
            archive.write(path, f"截图/{number} 高清.jpg")
        archive.write(pictures_of("ada")[0], "重复/又一次.jpg")
        archive.writestr("坏 file.jpg", b"not a picture at all")
    do.bring_in(otto, ADA, "weibo", [packed])
    expect(otto.get_by_text("坏 file.jpg", exact=True)).to_be_visible()
    facts = otto.locator("dl.facts")
    expect(facts).to_contain_text(re.compile(rf"New pictures\s*{NUM_PICTURES}"))
    expect(facts).to_contain_text(re.compile(r"Same content\s*1\D"))
    do.bring_in(otto, BOB, "studio", pictures_of("bob"))
    otto.goto(f"{ADA}images/")
    expect(otto.get_by_role("gridcell").first).to_be_visible()
    otto.goto(f"{ADA}images/1/")
    expect(otto.get_by_text("1 高清.jpg").first).to_be_visible()


def test_4_analysis_goes_on_in_the_background(cast: Callable[[str], Page]) -> None:
    otto = cast("otto")
    for room in (ADA, BOB):
        otto.goto(room)
        analysed = otto.locator(".flow__stage").nth(1).locator(".flow__count")
        for _ in range(120):
            if analysed.inner_text() == str(NUM_PICTURES):
                break
            otto.wait_for_timeout(2000)
            otto.reload()
        expect(analysed).to_have_text(str(NUM_PICTURES))


def test_5_batches_are_cut_and_handed_out(cast: Callable[[str], Page]) -> None:
    otto = cast("otto")
    for room in (ADA, BOB):
        do.cut(otto, room, 50)
        for name in ("vera", "vic", "vito"):
            do.assign(otto, room, 1, name)


def test_6_vera_judges_with_the_keyboard(cast: Callable[[str], Page]) -> None:
    vera = cast("vera")
    for _ in range(2):
        do.sit_at_the_desk(vera)
        do.judge_all(vera, lambda _: vera.keyboard.press("k"), NUM_PICTURES)
        do.all_votes_are_stored(vera)
    vera.goto("/")
    expect(vera.locator(".card").first).to_contain_text(f"{NUM_PICTURES} / {NUM_PICTURES}")


def test_7_vic_judges_with_a_thumb_and_disagrees_once(cast: Callable[[str], Page]) -> None:
    vic = cast("vic")

    def by_thumb(position: int) -> None:
        if position == 0:
            vic.locator(".verdict--reject").tap()
            vic.get_by_role("button", name=re.compile("blurry")).tap()
        else:
            vic.locator(".verdict--keep").tap()

    for _ in range(2):
        do.sit_at_the_desk(vic)
        do.judge_all(vic, by_thumb, NUM_PICTURES)
        do.all_votes_are_stored(vic)


def test_8_vito_is_unsure_so_the_organiser_settles_it(cast: Callable[[str], Page]) -> None:
    vito, otto = cast("vito"), cast("otto")
    for _ in range(2):
        do.sit_at_the_desk(vito)
        vito.keyboard.press("u")
        do.all_votes_are_stored(vito)
    for room in (ADA, BOB):
        otto.goto(f"{room}contested/")
        expect(otto.locator("main")).to_contain_text("vera")
        expect(otto.locator(".ruling__picture[data-shown] img")).to_be_visible()
        otto.wait_for_timeout(do.LOOKING_MS)
        with otto.expect_response("**/ruling") as stored:
            otto.get_by_role("button", name=re.compile("^Keep")).first.click()
        assert stored.value.ok
        otto.goto(room)
        expect(otto.locator(".flow__count").last).to_have_text(str(NUM_PICTURES))


def test_9_releases_are_frozen(cast: Callable[[str], Page]) -> None:
    otto = cast("otto")
    otto.goto(f"{ADA}coverage/")
    expect(otto.locator("main")).to_contain_text("The set is thin")
    otto.locator(".heat a").first.click()
    expect(otto.locator("#grid")).to_contain_text(re.compile(r"Filter \(\d\)"))
    otto.goto(f"{ADA}releases/")
    otto.get_by_role("link", name="Build a release").click()
    otto.get_by_label("How many pictures at most").fill("1")
    otto.get_by_role("button", name="Preview").click()
    expect(otto.locator("main")).to_contain_text("more fit than you want")
    otto.get_by_role("link", name="Go on to freezing").click()
    expect(otto.get_by_role("heading", level=1)).to_contain_text("Freeze 1 picture of Ada?")
    for room in (ADA, BOB):
        otto.goto(f"{room}releases/")
        otto.get_by_role("link", name=f"Freeze all {NUM_PICTURES} pictures").click()
        otto.get_by_role("button", name="Freeze now").click()
        expect(otto.locator("main")).to_contain_text("Release 1 holds")  # once a worker froze it
        otto.goto(f"{room}releases/1/")
        with otto.expect_download() as download:
            otto.locator("a[href$='release.zip']").click()
        names = zipfile.ZipFile(download.value.path()).namelist()
        assert len([name for name in names if name.endswith(".jpg")]) == NUM_PICTURES
        if room == ADA:
            assert any(name.endswith("00001_1 高清.jpg") for name in names)


def test_10_the_admin_trains_stops_and_resumes(cast: Callable[[str], Page]) -> None:
    olga = cast("olga")
    olga.goto("/projects/fans/runs/new/")
    olga.select_option("select[name=release_a]", index=1)
    olga.select_option("select[name=release_b]", index=2)
    olga.fill("input[name=steps]", "24")
    olga.fill("input[name=batch_size]", "2")
    olga.get_by_role("button", name="Start the run").click()
    olga.wait_for_url("**/runs/1/")
    state = olga.locator(".badge").first
    expect(state).to_contain_text("Running", timeout=do.PATIENCE_MS)
    expect(olga.locator("img[src*='preview']")).to_be_visible(timeout=do.PATIENCE_MS)
    olga.get_by_role("button", name=re.compile("Stop")).click()
    expect(state).to_contain_text("Stopped", timeout=do.PATIENCE_MS)
    olga.get_by_role("button", name=re.compile("Resume")).click()
    expect(state).to_contain_text("Finished", timeout=do.PATIENCE_MS)
    expect(olga.locator("main")).to_contain_text("24")


def test_11_a_checkpoint_converts_a_picture_that_says_so(site: Site, tmp_path: Path) -> None:
    given, made = DEMO / "portraits" / "ada_1.jpg", tmp_path / "swapped.jpg"
    site.manage(
        "convert", "--project", "fans", "--run", "1", "--into", "b",
        "--input", str(given), "--output", str(made),
    )  # fmt: skip
    before, after = Image.open(given), Image.open(made)
    assert after.size == before.size
    assert np.abs(np.asarray(before, int) - np.asarray(after, int)).max() > 40


def test_12_a_withdrawal_hides_the_pictures_and_blocks_a_new_run(
    cast: Callable[[str], Page], site: Site
) -> None:
    olga, otto = cast("olga"), cast("otto")
    otto.goto(f"{BOB}images/1/")
    picture = otto.locator("image[href*='/pictures/']").first.get_attribute("href") or ""
    assert otto.request.get(picture).status == 200
    olga.goto(f"{BOB}consents/")
    olga.locator("details summary", has_text=re.compile("Withdraw")).first.click()
    form = olga.locator("form[action$='withdraw/']").first
    form.locator("[name=note]").fill("He changed his mind.")
    form.locator("[name=sure]").check()
    olga.on("dialog", lambda dialog: dialog.accept())
    form.get_by_role("button").click()
    confirm = olga.locator("dialog[open] button").last
    if confirm.count():
        confirm.click()
    expect(olga.get_by_text("No consent in force covers")).to_be_visible()
    expect(olga.locator("main")).to_contain_text("Run 1")
    answer = otto.request.get(picture)
    assert answer.status in {403, 404, 409}
    olga.goto("/projects/fans/runs/new/")
    expect(olga.locator("select[name=release_b] option[disabled]").first).to_contain_text("Bob")
    expect(olga.get_by_text("Consent to training is not in force for two people")).to_be_visible()
    verified = site.manage("verify_log", "--project", "fans")
    assert int(re.findall(r"fans: (\d+) lines, all whole", verified)[0]) > 30
