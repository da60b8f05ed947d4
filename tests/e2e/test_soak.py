"""Three hundred pictures, five a second by keyboard, while the site dies and the line drops; by
thumb a hundred, as quickly as swipes go.

In every way of judging the site must hold exactly what was pressed, picture by picture. Figures
are printed (`pytest -s`) and kept in docs/lab.md.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.conftest import DEMO
from tests.e2e import people as do
from tests.e2e.conftest import OWNER, OWNER_PASSWORD, Site, wait_until_up
from tests.e2e.fingers import PHONE, Fingers
from tests.e2e.seeing import SHOWN, clouds

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PASSWORD = "a long enough phrase 7"
ROOM = "/projects/soak/subjects/ada/"
DESK = f"{ROOM}batches/1/desk/"
PICTURES, GOLD, GROUP = 300, 19, 3
"""With one gold picture more, pages of many pictures would have to be earned first."""
SWIPED = 100
"""Fewer, as a swipe is three events from outside and a reason is tapped after it."""
EVERY_SECONDS = 0.2
LOOKED_AT_SECONDS = 0.12
"""The desk's own moment for keys and swipes is 100 ms, and begins when it has painted."""
TAPPED_AFTER_SECONDS = 0.32
"""For what is tapped it is 300 ms."""
SWIPE_PX = 200
IGNORED_AFTER_SECONDS = 1.5
MOST_IGNORED = 6
"""Presses that a busy machine brought before the moment; the picture stays, and is judged again."""
PATIENCE_SECONDS = 240

KEYS = {
    "k": "keep:",
    "u": "unsure:",
    "1": "reject:subject_absent",
    "3": "reject:blurry",
}
FRAMED = '() => Number(document.querySelector(".cell[data-framed=true]")?.dataset.item ?? 0)'

Said = dict[int, str]
Judge = Callable[[Page, list[int], random.Random], Said]


@dataclass
class Troubles:
    """The site is killed twice and the line drops three times, as the work goes on."""

    site: Site
    line: BrowserContext
    due: list[tuple[float, str]] = field(
        default_factory=lambda: [
            (0.10, "drop"),
            (0.25, "kill"),
            (0.45, "drop"),
            (0.60, "kill"),
            (0.80, "drop"),
        ]
    )
    back_at: float = 0.0
    happened: list[str] = field(default_factory=list)

    def come(self, share_done: float) -> None:
        """What is due by now; a line that dropped comes back after three seconds."""
        if self.back_at and time.monotonic() > self.back_at:
            self.line.set_offline(False)
            self.back_at = 0.0
        if self.due and share_done >= self.due[0][0] and not self.back_at:
            _share, what = self.due.pop(0)
            self.happened.append(what)
            if what == "drop":
                self.line.set_offline(True)
                self.back_at = time.monotonic() + 3
            else:
                self.site.kill()
                self.site.start()

    def end(self) -> None:
        self.line.set_offline(False)
        wait_until_up(self.site.url, self.site.log)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return clouds(tmp_path_factory.mktemp("soak"), PICTURES + GOLD)


@pytest.fixture
def is_console_heeded() -> bool:
    """It names requests that get no answer."""
    return False


@pytest.fixture
def batch(
    open_browser: Callable[..., Page], site: Site, pictures: list[Path], tmp_path: Path
) -> None:
    """One that its owner and a volunteer hold, without votes; what else was brought in is gold."""
    olga = open_browser()
    do.sign_in(olga, OWNER, OWNER_PASSWORD)
    if olga.goto("/projects/soak/").status == 404:  # type: ignore[union-attr]
        evidence = tmp_path / "consent.txt"
        evidence.write_text("She does not exist and has no objection.", encoding="utf-8")
        do.open_project(olga, "Soak", "soak")
        do.join(open_browser(), do.invite(olga, "soak", "volunteer"), "sol", PASSWORD)
        do.add_subject(olga, "soak", "Ada", "ada")
        do.record_consent(olga, ROOM, evidence)
        do.add_portrait(olga, ROOM, [DEMO / "portraits" / "ada_1.jpg"])
        do.bring_in(olga, ROOM, "weibo", pictures)
        django(site, MARK_GOLD)
        do.cut(olga, ROOM, PICTURES)
        do.assign(olga, ROOM, 1, OWNER)
        do.assign(olga, ROOM, 1, "sol")
    django(site, FORGET)


NAMES = """
import json
from django.utils import timezone
from curation.batches.models import BatchItem
from curation.duplicates.models import NearPair
from curation.gold.models import Gold, GoldAnswer, GoldAnswerEvent, GoldItem
from curation.images.models import Image
from curation.projects.models import User
from curation.votes.models import Vote, VoteEvent
from curation.votes.tallies import recount
images = Image.objects.filter(subject__project__slug="soak").order_by("number")
"""
MARK_GOLD = f"""
for image in images[{PICTURES}:]:
    Gold.objects.create(image=image, verdict="keep", marked_at=timezone.now())
"""
FORGET = """
Vote.objects.filter(image__in=images).delete()
VoteEvent.objects.filter(image__in=images).delete()
recount(images)
"""
MAKE_GROUPS = f"""
ids = list(images.values_list("pk", flat=True)[:{PICTURES}])
NearPair.objects.filter(first__in=ids).delete()
measured = dict(subject=images[0].subject, hash_bits=1, likeness=0.99, version=1)
NearPair.objects.bulk_create(
    NearPair(first_id=ids[first], second_id=ids[second], **measured)
    for start in range(0, len(ids), {GROUP})
    for first in range(start, start + {GROUP})
    for second in range(first + 1, start + {GROUP})
)
"""
STORED = """
person = User.objects.get(username=WHO)
def said(rows):
    return {image: f"{verdict}:{codes}" for image, verdict, codes in
            rows.filter(image__in=images).values_list("image", "verdict", "reason_codes")}
votes, answers = said(person.votes), said(GoldAnswer.objects.filter(person=person))
items = BatchItem.objects.filter(image__in=images).values_list("pk", "image")
hidden = GoldItem.objects.filter(person=person).values_list("pk", "image")
print(json.dumps({
    "votes": {item: votes[image] for item, image in items if image in votes},
    "answers": {item: answers[image] for item, image in hidden if image in answers},
    "events": VoteEvent.objects.filter(volunteer=person, image__in=images).count(),
    "gold_events": GoldAnswerEvent.objects.filter(person=person).count(),
    "numbers": [Vote.objects.filter(image__in=images).count(), len(votes)],
}))
"""


def django(site: Site, code: str) -> str:
    return site.manage("shell", "-v", "0", "-c", NAMES + code).strip()


def one_picture(page: Page, _shown: list[int], dice: random.Random) -> Said:
    key = dice.choice("kkkk13u")
    page.keyboard.press(key)
    return {_shown[0]: KEYS[key]}


@dataclass
class Thumb:
    """To the right it keeps; to the left it lays the reasons open, and a tap says which."""

    fingers: Fingers

    def __call__(self, page: Page, shown: list[int], dice: random.Random) -> Said:
        key = dice.choice("kkkk13")
        if key == "k":
            self.fingers.swipe(SWIPE_PX)
        else:
            self.fingers.swipe(-SWIPE_PX)
            page.wait_for_timeout(1000 * TAPPED_AFTER_SECONDS)
            reason = page.locator(".actions[data-open=true] .reason", has_text=key)
            with suppress(Error):  # a busy machine may take the swipe for a finger that rests
                reason.tap(timeout=1000 * IGNORED_AFTER_SECONDS)
        return {shown[0]: KEYS[key]}


def a_page(page: Page, shown: list[int], dice: random.Random) -> Said:
    """Walks along the first row, marks some of it, and sends the page."""
    said = dict.fromkeys(shown, KEYS["k"])
    for step in range(min(len(shown), 3)):
        if step:
            page.keyboard.press("ArrowRight")
        key = dice.choice("k13u")
        if key != "k":
            page.keyboard.press(key)
            said[shown[step]] = KEYS[key]
    page.keyboard.press("Enter")
    return said


def a_group(page: Page, shown: list[int], dice: random.Random) -> Said:
    """Keeps the first or the one on its right; the others are rejected."""
    steps = dice.choice((0, 1))
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(FRAMED) == shown[steps]
    page.keyboard.press("Enter")
    return {item: "keep:" if item == shown[steps] else "reject:duplicate" for item in shown}


@dataclass
class Pace:
    """What came of the wish for five a second."""

    seconds: float = 0.0
    waited: float = 0.0
    """For pictures that were not there when they were due."""
    ignored: int = 0

    def words(self, num: int) -> str:
        here = num / (self.seconds - self.waited)
        return (
            f"{num} in {self.seconds:.0f} s, {num / self.seconds:.2f} a second, {here:.2f} while "
            f"pictures were there, {self.ignored} ignored, load {os.getloadavg()[0]:.0f}"
        )


def judge_all(page: Page, judge: Judge, total: int, troubles: Troubles, pace: Pace) -> Said:
    """As quickly as five pictures a second, and never before the next ones are there."""
    dice = random.Random(5)
    said: Said = {}
    begun = due = time.monotonic()
    seen_at, before = 0.0, [0]
    while len(said) < total:
        now = time.monotonic()
        assert now - begun < PATIENCE_SECONDS, f"{len(said)} of {total} after {now - begun:.0f} s"
        troubles.come(len(said) / total)
        shown = page.evaluate(SHOWN)
        is_ignored = shown == before and now > due + IGNORED_AFTER_SECONDS
        if not shown or (shown == before and not is_ignored):
            seen_at = 0.0
            continue
        seen_at = seen_at or time.monotonic()
        ready_at = max(due, seen_at + LOOKED_AT_SECONDS)
        if time.monotonic() < ready_at:
            page.wait_for_timeout(1000 * (ready_at - time.monotonic()))
        pace.ignored += is_ignored
        assert is_ignored or not said.keys() & set(shown), "a picture came again"
        pressed_at = time.monotonic()
        pace.waited += pressed_at - due
        said |= judge(page, shown, dice)
        before, seen_at = shown, 0.0
        due = pressed_at + EVERY_SECONDS * len(shown)
    pace.seconds = time.monotonic() - begun
    return said


@dataclass(frozen=True)
class Way:
    hand: Callable[[Page], Judge]
    key: str = ""
    """Leads to it from one picture."""
    device: dict[str, Any] = field(default_factory=dict)
    num: int = PICTURES


WAYS = {
    "single": Way(lambda _page: one_picture),
    "along": Way(lambda _page: one_picture),
    "grid": Way(lambda _page: a_page, key="g"),
    "burst": Way(lambda _page: a_group, key="b"),
    "swipe": Way(lambda page: Thumb(Fingers(page)), device=PHONE, num=SWIPED),
}


def sit_down(page: Page, site: Site, way: str) -> None:
    if way == "burst":
        django(site, MAKE_GROUPS)
    page.goto(DESK)
    do.shown_number(page)
    if way == "along":
        page.keyboard.press("p")
        panel = page.locator(".desk-dialog--along[open]")
        panel.get_by_role("button", name="Take along").click()
        expect(panel.get_by_text("With you until")).to_be_visible(timeout=do.PATIENCE_MS)
        page.keyboard.press("p")
        do.shown_number(page)
    if key := WAYS[way].key:
        page.keyboard.press(key)
        expect(page.locator(".grid .cell img").first).to_be_visible(timeout=do.PATIENCE_MS)


@pytest.mark.parametrize("way", WAYS)
def test_three_hundred_pictures_are_three_hundred_votes(
    way: str, batch: None, open_browser: Callable[..., Page], site: Site
) -> None:
    page = open_browser(**WAYS[way].device)
    do.sign_in(page, OWNER, OWNER_PASSWORD)
    sit_down(page, site, way)
    troubles, pace = Troubles(site, page.context), Pace()
    num = WAYS[way].num
    said = judge_all(page, WAYS[way].hand(page), num, troubles, pace)
    troubles.end()
    do.all_votes_are_stored(page)
    stored = stored_of(site, OWNER)
    print(f"\n{way}: {pace.words(len(said))}")  # noqa: T201  # the figures are what it is run for
    assert len(said) == num
    assert stored["votes"] == said
    assert stored["numbers"] == [num, num]
    assert stored["answers"] == {}
    assert stored["events"] == num
    assert troubles.happened == ["drop", "kill", "drop", "kill", "drop"]
    assert pace.ignored <= MOST_IGNORED


def test_what_was_pressed_on_hidden_gold_is_stored_as_well(
    batch: None, open_browser: Callable[..., Page], site: Site
) -> None:
    page = open_browser()
    do.sign_in(page, "sol", PASSWORD)
    page.goto(DESK)
    page.get_by_role("link", name="Skip, go to the desk").click()  # practice is another story
    do.shown_number(page)
    troubles, pace = Troubles(site, page.context), Pace()
    total = PICTURES + hidden_gold(site)
    assert total > PICTURES
    said = judge_all(page, one_picture, total, troubles, pace)
    troubles.end()
    do.all_votes_are_stored(page)
    stored = stored_of(site, "sol")
    print(f"\ngold: {pace.words(len(said))}")  # noqa: T201  # the figures are what it is run for
    assert len(stored["votes"]) == stored["events"] == PICTURES
    assert len(stored["answers"]) == stored["gold_events"] == total - PICTURES
    assert stored["votes"] | stored["answers"] == said
    assert troubles.happened == ["drop", "kill", "drop", "kill", "drop"]
    assert pace.ignored <= MOST_IGNORED


def hidden_gold(site: Site) -> int:
    hidden = "person__username='sol', kind='hidden'"
    return int(django(site, f"print(GoldItem.objects.filter({hidden}).count())"))


def stored_of(site: Site, who: str) -> dict[str, Any]:
    """What the site holds of one person, by what the desk calls the pictures."""
    stored = json.loads(django(site, f"WHO = {who!r}\n{STORED}"))
    for name in ("votes", "answers"):
        stored[name] = {int(item): said for item, said in stored[name].items()}
    return dict(stored)
