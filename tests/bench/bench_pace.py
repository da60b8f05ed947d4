"""How many pictures a minute a person judges who takes as long as people do.

    python tests/bench/bench_pace.py [--pictures 150]

The person is a script in Chromium, seeded. One by one: they look 450 to 900 ms at each picture and
press a key. By pages: they scan 200 ms a picture, one in ten is rejected with 500 ms for each mark,
by keys, and 300 ms pass until they send. Nothing of it begins before the pictures are there, and
they are as heavy as photographs. What remains without the person's own time is the site's, and is
printed beside it. Fails below 60 a minute one by one, or below 150 by pages, at a desk on this
machine; a phone over 4G, which Chromium pretends to be, is printed beside it.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, Site, chromium, running_site
from tests.e2e.lines import LINES
from tests.e2e.seeing import DEMO, SHOWN, photographs

ROOM = "/projects/pace/subjects/ada/"
DESK = f"{ROOM}batches/1/desk/"
LEAST = {"single": 60, "grid": 150}
"""Pictures a minute."""
LOOK_MS = (450, 900)
SCAN_MS, MARK_MS, SEND_MS = 200, 500, 300
REJECTED = 0.1
SIDES = (4, 5, 6)
PHONE_SIDE = 3
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
}
FORGET = """
from curation.images.models import Image
from curation.votes.models import Vote, VoteEvent
from curation.votes.tallies import recount
Vote.objects.all().delete()
VoteEvent.objects.all().delete()
recount(Image.objects.all())
"""
NUM_VOTES = "from curation.votes.models import Vote; print(Vote.objects.count())"

JUDGE = """async (turns) => {
  const shown = SHOWN;
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const press = (key) => {
    const ofOne = /[0-9]/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
    const code = key.length > 1 ? key : ofOne;
    const init = {key, code, bubbles: true, cancelable: true};
    document.body.dispatchEvent(new KeyboardEvent("keydown", init));
    document.body.dispatchEvent(new KeyboardEvent("keyup", init));
  };
  const told = [];
  let before = String(shown());
  let isFirst = true;
  for (const turn of turns) {
    const asked = performance.now();
    let ids = shown();
    while (ids.length === 0 || (!isFirst && String(ids) === before)) {
      await frame();
      ids = shown();
      if (performance.now() - asked > 30000) throw new Error("nothing to judge came");
    }
    isFirst = false;
    before = String(ids);
    const seen = performance.now();
    for (const [ms, key] of turn) {
      await wait(ms);
      if (key) press(key);
    }
    told.push([ids.length, seen - asked, performance.now() - seen]);
  }
  return told;
}""".replace("SHOWN", SHOWN)
"""A turn is what the person does with what is shown: how long they take, then which key. Returns
for each how many pictures it had, and how long the site and the person took."""

Turn = list[tuple[int, str]]


@dataclass(frozen=True)
class Pace:
    """What came of one person's work."""

    num: int
    site_ms: list[float]
    person_ms: float

    @property
    def a_minute(self) -> float:
        return 60_000 * self.num / (sum(self.site_ms) + self.person_ms)

    @property
    def of_the_person(self) -> float:
        """What it would be if the site took no time."""
        return 60_000 * self.num / self.person_ms


def single_turns(num: int) -> list[Turn]:
    dice = random.Random(3)
    keys = ("k" if dice.random() >= REJECTED else "3" for _ in range(num))
    return [[(dice.randint(*LOOK_MS), key)] for key in keys]


def page_turns(num: int, side: int) -> list[Turn]:
    """Full pages only; a mark's time begins with the walk to its picture."""
    dice = random.Random(side)
    return [_page_turn(side, dice) for _ in range(num // side**2)]


def _page_turn(side: int, dice: random.Random) -> Turn:
    turn: Turn = [(SCAN_MS * side**2, "")]
    column = row = 0
    for place in range(side**2):
        if dice.random() >= REJECTED:
            continue
        to_row, to_column = divmod(place, side)
        across = ["ArrowRight" if to_column > column else "ArrowLeft"] * abs(to_column - column)
        walk = [*across, *["ArrowDown"] * (to_row - row), "3"]
        turn += [(MARK_MS // len(walk), key) for key in walk]
        row, column = to_row, to_column
    return [*turn, (SEND_MS, "Enter")]


def sit_down(browser: Browser, site: Site, *, is_phone: bool) -> Page:
    """At the desk, with no vote cast yet."""
    site.manage("shell", "-v", "0", "-c", FORGET)
    looks: dict[str, Any] = PHONE if is_phone else {"viewport": {"width": 1440, "height": 900}}
    page = browser.new_context(base_url=site.url, locale="en-GB", **looks).new_page()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    if is_phone:
        LINES[0].slow_down(page)
    page.goto(DESK)
    do.shown_number(page)
    return page


def resize(page: Page, side: int) -> None:
    page.keyboard.press("g")
    page.locator(".grid").wait_for()
    while (now := int(page.locator(".grid").get_attribute("data-size") or 0)) != side:
        page.keyboard.press("-" if now < side else "+")
        page.wait_for_timeout(100)


def pace(browser: Browser, site: Site, turns: list[Turn], side: int, *, is_phone: bool) -> Pace:
    page = sit_down(browser, site, is_phone=is_phone)
    if side > 1:
        resize(page, side)
    told = page.evaluate(JUDGE, turns)
    do.all_votes_are_stored(page)
    page.context.close()
    num = sum(each for each, _site, _person in told)
    stored = int(site.manage("shell", "-v", "0", "-c", NUM_VOTES).strip())
    assert stored == num, f"{stored} votes stored of {num} that were pressed"
    return Pace(num, [ms for _num, ms, _person in told], sum(ms for _n, _site, ms in told))


def fill(browser: Browser, site: Site, folder: Path, num: int) -> None:
    """A batch that the owner holds."""
    evidence = folder / "consent.txt"
    evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
    page = browser.new_context(base_url=site.url, locale="en-GB").new_page()
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    do.open_project(page, "Pace", "pace")
    do.add_subject(page, "pace", "Ada", "ada")
    do.record_consent(page, ROOM, evidence)
    do.add_portrait(page, ROOM, sorted((DEMO / "portraits").glob("ada_*.jpg")))
    do.bring_in(page, ROOM, "weibo", photographs(folder, num))
    do.cut(page, ROOM, num)
    do.assign(page, ROOM, 1, OWNER)
    page.context.close()


def report(what: str, came: Pace, least: int) -> bool:
    site = statistics.median(came.site_ms)
    slowest = max(came.site_ms)
    share = sum(came.site_ms) / (sum(came.site_ms) + came.person_ms)
    print(f"{what}: {came.num} pictures, {came.a_minute:.0f} a minute")
    print(f"  {came.of_the_person:.0f} if the site took no time; {share:.1%} of the time is its")
    print(f"  from a key to the next: median {site:.0f} ms, slowest {slowest:.0f} ms")
    print(f"  load average {os.getloadavg()[0]:.1f}", flush=True)
    return came.a_minute >= least


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=int, default=150)
    num = arguments.parse_args().pictures
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder)) as site,
        chromium() as browser,
    ):
        fill(browser, site, Path(folder), num)
        met = [
            report(
                "one by one",
                pace(browser, site, single_turns(num), 1, is_phone=False),
                LEAST["single"],
            )
        ]
        for side in SIDES:
            came = pace(browser, site, page_turns(num, side), side, is_phone=False)
            met.append(report(f"pages of {side} x {side}", came, LEAST["grid"]))
        report(
            "one by one, a phone over 4G",
            pace(browser, site, single_turns(num), 1, is_phone=True),
            0,
        )
        came = pace(browser, site, page_turns(num, PHONE_SIDE), PHONE_SIDE, is_phone=True)
        report(f"pages of {PHONE_SIDE} x {PHONE_SIDE}, a phone over 4G", came, 0)
    print("budget met" if all(met) else f"NOT MET: at least {LEAST} a minute at a desk")
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
