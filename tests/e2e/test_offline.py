"""A batch taken along: judged without a line, reloaded, closed, and every vote stored once."""

from __future__ import annotations

import datetime as dt
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, ROOT, Site, wait_until_up

pytestmark = pytest.mark.e2e

PASSWORD = "a long enough phrase 7"
ROOM = "/projects/train/subjects/ada/"
DESK = f"{ROOM}batches/1/desk/"
PICTURES = 12
PATIENCE_MS = 30_000
WITHIN_MS = 5000

KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("winnow-taken"));
  const sizes = await Promise.all(names.map(async (name) =>
    (await (await caches.open(name)).keys()).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}"""
"""How many files of batches are on this device."""


@pytest.fixture
def is_console_heeded() -> bool:
    """It names requests that get no answer."""
    return False


@pytest.fixture
def olga(open_browser: Callable[..., Page]) -> Page:
    page = open_browser()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    return page


@pytest.fixture
def batch(olga: Page, open_browser: Callable[..., Page], site: Site, tmp_path: Path) -> Page:
    """A batch without votes that a volunteer holds; nobody sits at its desk yet."""
    evidence = tmp_path / "同意书.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    if olga.goto("/projects/train/").status == 404:  # type: ignore[union-attr]
        do.open_project(olga, "Train", "train")
        link = do.invite(olga, "train", "volunteer")
        do.join(open_browser(), link, "tess", PASSWORD)
        do.add_subject(olga, "train", "Ada", "ada")
        do.record_consent(olga, ROOM, evidence)
        do.add_portrait(olga, ROOM, [DEMO / "portraits" / "ada_1.jpg"])
        pictures = sorted((DEMO / "pair" / "ada").glob("*.jpg"))[:PICTURES]
        do.bring_in(olga, ROOM, "weibo", pictures)
        do.cut(olga, ROOM, 50)
    else:
        olga.goto(f"{ROOM}consents/")
        if olga.get_by_text("not covered").count():
            do.record_consent(olga, ROOM, evidence)
        django(site, "Vote.objects.filter(volunteer__username='tess').delete()")
        recount = "from curation.votes.tallies import recount; recount(Image.objects.all())"
        django(site, recount)
    held = "Assignment.objects.filter(volunteer__username='tess', returned_at=None).exists()"
    if django(site, f"print({held})") == "False":
        do.assign(olga, ROOM, 1, "tess")
    return olga


@pytest.fixture
def tess(batch: Page, open_browser: Callable[..., Page]) -> Page:
    """At the desk."""
    return sit_down(open_browser())


def once_each(site: Site, said: dict[str, str]) -> None:
    """What the site has stored is what was said, and none of it came twice."""
    assert stored(site) == said
    hers = "volunteer__username='tess', image__votes__volunteer__username='tess'"
    keys = f"VoteEvent.objects.filter({hers}, at__gte=F('image__votes__cast_at'))"
    assert int(django(site, f"from django.db.models import F; print({keys}.count())")) == len(said)


def sit_down(page: Page) -> Page:
    do.sign_in(page, "tess", PASSWORD)
    page.goto(DESK)
    do.shown_number(page)
    return page


def django(site: Site, code: str) -> str:
    names = (
        "from curation.votes.models import Vote, VoteEvent; from curation.images.models import "
        "Image; from curation.batches.models import Assignment; from datetime import timedelta; "
        "from django.utils import timezone; "
    )
    return site.manage("shell", "-v", "0", "-c", names + code).strip()


def stored(site: Site) -> dict[str, str]:
    """What the server holds of hers, by picture."""
    votes = json.loads(
        django(
            site,
            "import json; print(json.dumps({f'{number:05}': verdict for number, verdict in "
            "Vote.objects.filter(volunteer__username='tess', image__subject__project__slug="
            "'train').values_list('image__number', 'verdict')}))",
        )
    )
    return dict(votes)


def take_along(page: Page) -> None:
    page.keyboard.press("p")
    panel = page.locator(".desk-dialog--along[open]")
    expect(panel.get_by_text(f"{PICTURES} pictures, about")).to_be_visible(timeout=PATIENCE_MS)
    panel.get_by_role("button", name="Take along").click()
    expect(panel.get_by_text("With you until")).to_be_visible(timeout=PATIENCE_MS)
    page.keyboard.press("p")
    do.shown_number(page)


def judge(page: Page, keys: str) -> dict[str, str]:
    """Press one key a picture; returns what was said of which."""
    said = {}
    for key in keys:
        before = do.shown_number(page)
        page.keyboard.press(key)
        said[f"{int(before.split()[-1]):05}"] = {"k": "keep", "u": "unsure"}.get(key, "reject")
        expect(page.locator(".stage")).not_to_have_attribute("aria-label", before)
    return said


def unsent(page: Page, count: int) -> None:
    expect(page.get_by_text(f"{count} unsent")).to_be_visible(timeout=PATIENCE_MS)


def test_a_batch_is_judged_reloaded_and_closed_without_a_line(tess: Page, site: Site) -> None:
    phone = tess.context
    take_along(tess)
    said = judge(tess, "k1")
    do.all_votes_are_stored(tess)
    phone.set_offline(True)
    said |= judge(tess, "ku")
    unsent(tess, 2)
    tess.reload()
    said |= judge(tess, "2k")
    unsent(tess, 4)
    tess.close()
    tess = phone.new_page()
    tess.goto("/")
    tess.get_by_role("link", name="Ada · batch 1").click()
    said |= judge(tess, "k")
    unsent(tess, 5)
    phone.set_offline(False)
    do.all_votes_are_stored(tess)
    assert len(said) == 7
    once_each(site, said)


def test_two_tabs_without_a_line_lose_nothing_to_each_other(tess: Page, site: Site) -> None:
    phone = tess.context
    take_along(tess)
    phone.set_offline(True)
    said = judge(tess, "k1")
    other = phone.new_page()
    other.goto(DESK)
    unsent(other, 2)
    said |= judge(other, "2u")
    unsent(tess, 4)
    phone.set_offline(False)
    do.all_votes_are_stored(tess)
    do.all_votes_are_stored(other)
    assert len(said) == 4
    once_each(site, said)


def test_the_worker_sends_what_a_closed_page_left(tess: Page, site: Site) -> None:
    phone = tess.context
    take_along(tess)
    devtools = phone.new_cdp_session(tess)
    workers: list[dict[str, str]] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: workers.extend(told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    phone.set_offline(True)
    said = judge(tess, "k1")
    unsent(tess, 2)
    tess.goto("about:blank")
    phone.set_offline(False)
    sync = {"registrationId": workers[0]["registrationId"], "tag": "votes", "lastChance": True}
    devtools.send("ServiceWorker.dispatchSyncEvent", {"origin": site.url, **sync})
    tess.wait_for_timeout(2000)
    once_each(site, said)
    tess.goto(DESK)
    do.all_votes_are_stored(tess)
    once_each(site, said)


def test_a_killed_site_stops_nobody(tess: Page, site: Site) -> None:
    take_along(tess)
    said = judge(tess, "k")
    do.all_votes_are_stored(tess)
    assert site.process is not None
    site.process.send_signal(signal.SIGKILL)
    site.process.wait(60)
    said |= judge(tess, "1")
    tess.reload()
    said |= judge(tess, "k")
    log = site.data_dir / "serve.log"
    site.process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--workers", "1"],
        cwd=ROOT,
        env=site.environment,
        stdout=log.open("ab"),
        stderr=subprocess.STDOUT,
    )
    wait_until_up(site.url, log)
    do.all_votes_are_stored(tess)
    once_each(site, said)


def test_without_room_nothing_is_taken_and_no_vote_is_lost(tess: Page, site: Site) -> None:
    devtools = tess.context.new_cdp_session(tess)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": 60_000})
    tess.keyboard.press("p")
    panel = tess.locator(".desk-dialog--along[open]")
    panel.get_by_role("button", name="Take along").click()
    expect(panel.get_by_text("not enough room")).to_be_visible(timeout=PATIENCE_MS)
    assert tess.evaluate(KEPT) == 0
    tess.keyboard.press("p")
    said = judge(tess, "k1")
    do.all_votes_are_stored(tess)
    assert stored(site) == said


def test_where_pictures_end_it_says_so_and_passes_none_on(tess: Page) -> None:
    asked: list[str] = []

    def fewer(route: Route) -> None:
        asked.append(route.request.url)
        route.abort() if len(asked) > 5 else route.continue_()

    tess.route(re.compile(r"/preview\.webp\?taken$"), fewer)
    tess.keyboard.press("p")
    panel = tess.locator(".desk-dialog--along[open]")
    panel.get_by_role("button", name="Take along").click()
    expect(panel.get_by_text("The pictures that had come")).to_be_visible(timeout=PATIENCE_MS)
    here = tess.evaluate(KEPT)
    tess.route(f"**{DESK}", lambda route: route.abort())
    panel.get_by_role("button", name="Take the others too").click()
    expect(panel.get_by_text("That could not be done")).to_be_visible(timeout=PATIENCE_MS)
    assert tess.evaluate(KEPT) == here > 0
    tess.unroute(f"**{DESK}")
    tess.keyboard.press("p")
    tess.context.set_offline(True)
    tess.reload()
    do.shown_number(tess)
    for _ in range(PICTURES - 1):
        tess.keyboard.press("ArrowRight")
    away = tess.get_by_text("this picture is not on this device")
    expect(away.first).to_be_visible(timeout=PATIENCE_MS)
    before = tess.locator(".stage").get_attribute("aria-label")
    tess.wait_for_timeout(400)
    tess.keyboard.press("u")
    expect(tess.locator(".stage")).to_have_attribute("aria-label", before or "")
    assert "unsent" not in tess.locator(".desk-top").inner_text()


@pytest.mark.parametrize("hours_off", [-1, 1])
def test_a_phone_an_hour_off_may_look_until_the_lease_ends_and_no_longer(
    batch: Page, open_browser: Callable[..., Page], site: Site, hours_off: int
) -> None:
    tess = open_browser()
    tess.clock.install(time=dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours_off))
    sit_down(tess)
    hers = "Assignment.objects.filter(volunteer__username='tess', batch__subject__slug='ada')"
    django(site, f"{hers}.update(leased_until=timezone.now() + timedelta(seconds=40))")
    tess.reload()
    do.shown_number(tess)
    tess.wait_for_timeout(4000)  # its clock is compared with the site's by then
    take_along(tess)
    tess.context.set_offline(True)
    expect(tess.locator(".stage__room[data-shown] img")).to_be_visible()
    expect(tess.get_by_text("Judging has stopped")).to_be_visible(timeout=60_000)
    expect(tess.locator("img")).to_have_count(0)
    tess.wait_for_timeout(500)
    assert tess.evaluate(KEPT) == 0
    django(site, f"{hers}.update(leased_until=timezone.now() + timedelta(days=7))")


def test_a_withdrawal_takes_it_off_at_the_first_contact(tess: Page, batch: Page) -> None:
    phone = tess.context
    take_along(tess)
    assert tess.evaluate(KEPT) > PICTURES
    phone.set_offline(True)
    judge(tess, "k")
    do.withdraw(batch, ROOM)
    expect(tess.locator(".stage__room[data-shown] img")).to_be_visible()
    phone.set_offline(False)
    expect(tess.get_by_text("Judging has stopped")).to_be_visible(timeout=WITHIN_MS)
    expect(tess.locator("img")).to_have_count(0)
    tess.wait_for_timeout(500)
    assert tess.evaluate(KEPT) == 0
    phone.set_offline(True)
    with pytest.raises(Error):
        tess.goto(DESK)


def test_who_signs_out_leaves_nothing_for_the_next(tess: Page) -> None:
    phone = tess.context
    take_along(tess)
    other = phone.new_page()
    other.goto("/")
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    do.sign_in(other, OWNER, OWNER_PASSWORD)
    assert other.evaluate(KEPT) == 0
    phone.set_offline(True)
    with pytest.raises(Error):
        other.goto(DESK)


def test_a_returned_batch_is_on_the_device_no_more(tess: Page, batch: Page) -> None:
    take_along(tess)
    tess.goto(f"{ROOM}batches/1/")
    tess.on("dialog", lambda dialog: dialog.accept())
    tess.get_by_role("button", name=re.compile("Return")).first.click()
    confirm = tess.locator("dialog[open] button").last
    if confirm.count():
        confirm.click()
    expect(tess.get_by_role("button", name=re.compile("Return"))).to_have_count(0)
    tess.wait_for_load_state()
    tess.wait_for_timeout(1500)
    assert tess.evaluate(KEPT) == 0


def test_in_a_browser_inside_another_app_votes_are_safe_and_the_way_out_is_told(
    batch: Page, open_browser: Callable[..., Page], site: Site
) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50"
    tess = sit_down(open_browser(service_workers="block", user_agent=agent))
    wechat = tess.context
    tess.keyboard.press("p")
    expect(tess.get_by_text("open this page in your browser")).to_be_visible(timeout=PATIENCE_MS)
    tess.keyboard.press("p")
    wechat.set_offline(True)
    said = judge(tess, "k1")
    unsent(tess, 2)
    tess.close()
    wechat.set_offline(False)
    home = wechat.new_page()
    home.goto("/")
    expect(home.get_by_text("stored now: 2")).to_be_visible(timeout=PATIENCE_MS)
    once_each(site, said)
