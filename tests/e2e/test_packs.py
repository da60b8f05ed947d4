"""A batch is taken along as a zip, judged with the files alone, brought back, and cast."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import people as do
from tests.e2e.axe import violations
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, ROOT, Site
from tests.e2e.seeing import clouds

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough phrase 9"
ROOM = "/projects/packs/subjects/ada/"
BATCH = f"{ROOM}batches/1/"
NUM = 8
SCREENS = ROOT / "test-results" / "packs"
LOOKS = [
    (1440, "zh-CN", "light"),
    (1440, "en-GB", "dark"),
    (390, "zh-CN", "dark"),
    (390, "en-GB", "light"),
]
VOTES = """
    SELECT image.number, vote.verdict, vote.reason_codes FROM votes_vote vote
    JOIN images_image image ON image.id = vote.image_id
    JOIN subjects_subject subject ON subject.id = image.subject_id
    JOIN projects_project project ON project.id = subject.project_id
    WHERE project.slug = 'packs' ORDER BY image.number
"""


@pytest.fixture
def is_console_heeded() -> bool:
    """It names the upload that is refused at the end."""
    return False


def batch_for_vera(open_browser: Callable[..., Page], folder: Path) -> tuple[Page, Page]:
    """An organiser and a volunteer, who holds a batch of eight pictures."""
    evidence = folder / "同意书.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    olga, vera = open_browser(), open_browser()
    do.sign_in(olga, OWNER, OWNER_PASSWORD)
    do.open_project(olga, "Packs", "packs")
    do.join(vera, do.invite(olga, "packs", "volunteer"), "pavla", PASSWORD)
    do.add_subject(olga, "packs", "Ada", "ada")
    do.record_consent(olga, ROOM, evidence)
    do.bring_in(olga, ROOM, "weibo", clouds(folder, NUM))
    do.cut(olga, ROOM, NUM)
    do.assign(olga, ROOM, 1, "pavla")
    return olga, vera


def download(page: Page, to: Path) -> Path:
    """By the batch's page to the pack, and the pack into a folder, unpacked."""
    page.goto(BATCH)
    page.get_by_role("link", name="Judge it offline").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download the pack").click()
    assert coming.value.suggested_filename == "ada-batch-1.zip"
    with zipfile.ZipFile(coming.value.path()) as archive:
        archive.extractall(to)
    (folder,) = to.iterdir()
    return folder


def judge(folder: Path) -> None:
    """What somebody does with the files, in a program of their own."""

    def move(name: str, to: str) -> None:
        (folder / name).rename(folder / to)

    (covered,) = folder.glob("*遮挡*")
    in_chinese = covered.name.split()[1]
    (folder / in_chinese).mkdir()
    (folder / "00001.jpg").unlink()
    (folder / "00002.jpg").unlink()
    move("00003.jpg", f"{covered.name}/00003.jpg")
    move("00004.jpg", f"{in_chinese}/00004.jpg")
    move("00005.jpg", "00005.JPEG")
    move("00006.jpg", "不确定 unsure/00006.jpg")
    move("00007.jpg", "以后再筛 later/00007.jpg")
    (folder / "sea.jpg").write_bytes(b"a picture of the sea")


def packed(folder: Path, to: Path) -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))
    return to


def upload(page: Page, zip_file: Path) -> int:
    """Choose the zip and send it; how many bytes went over the line."""
    page.set_input_files("input[name=pack]", zip_file)
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.locator("form[data-pack] button").click()
    return int(asked.value.all_headers()["content-length"])


def votes(site: Site) -> dict[int, tuple[str, str]]:
    database = sqlite3.connect(site.data_dir / "winnow.sqlite3", timeout=20)
    try:
        rows = database.execute(VOTES).fetchall()
    finally:
        database.close()
    return {number: (verdict, reasons) for number, verdict, reasons in rows}


def look_at(page: Page, name: str) -> None:
    """Photograph the page, which fits its screen and has nothing that axe finds wrong."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, name
    assert violations(page) == [], name


def test_a_batch_goes_home_as_a_zip_and_comes_back_as_votes(
    open_browser: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    olga, vera = batch_for_vera(open_browser, tmp_path)
    (tmp_path / "home").mkdir()
    folder = download(vera, tmp_path / "home")
    judge(folder)
    sent = packed(folder, tmp_path / "back.zip")

    signed_in = vera.context.storage_state()
    for width, language, scheme in LOOKS:
        page = open_browser(
            storage_state=signed_in,
            viewport={"width": width, "height": 844},
            locale=language,
            color_scheme=scheme,
        )
        page.goto(f"{BATCH}pack/")
        look_at(page, f"pack-{width}-{language}-{scheme}")
        upload(page, sent)
        expect(page.locator("input[name=understood]")).to_be_attached()
        look_at(page, f"preview-{width}-{language}-{scheme}")
    assert votes(site) == {}, "nothing is cast before it was looked over"

    assert upload(vera, sent) < sent.stat().st_size / 2, "pictures that the site knows stay here"
    expect(vera.get_by_role("heading", name="What the pack says")).to_be_visible()
    expect(vera.get_by_text("sea.jpg")).to_be_visible()
    for told in ("5 votes by folder", "2 deleted pictures", "1 picture for later"):
        expect(vera.get_by_text(told)).to_be_visible()
    vera.get_by_role("radio", name=re.compile("Blurry", re.IGNORECASE)).check()
    vera.get_by_role("button", name="Cast these votes").click()
    expect(vera.get_by_text("7 votes of your pack are stored.")).to_be_visible()
    assert votes(site) == {
        1: ("reject", "blurry"),
        2: ("reject", "blurry"),
        3: ("reject", "covered"),
        4: ("reject", "covered"),
        5: ("keep", ""),
        6: ("unsure", ""),
        8: ("keep", ""),
    }

    vera.goto(f"{BATCH}pack/")
    olga.goto(BATCH)
    olga.on("dialog", lambda dialog: dialog.accept())
    olga.get_by_role("button", name="Take back").click()
    if olga.locator("dialog[open]").count():
        olga.locator("dialog[open] button").last.click()
    expect(olga.get_by_role("button", name="Take back")).to_have_count(0)
    before = votes(site)
    upload(vera, sent)
    expect(vera.get_by_text("The organiser has taken this batch back.")).to_be_visible()
    vera.screenshot(path=SCREENS / "refused.png")
    assert votes(site) == before
