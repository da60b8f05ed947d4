"""Nobody is told what others, or the machine, think of an image before their own vote is in.

Every page and every answer of the API is asked for twice, and in between everything that may not
show is changed: it must not look any different. So a new page cannot forget the blind rule.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from curation.analysis.models import Analysis, Face
from curation.batches.models import Assignment, Batch
from curation.consensus.models import Ruling
from curation.duplicates.mark_distinct import mark_distinct
from curation.duplicates.models import DistinctPair, NearPair
from curation.gold.mark_gold import mark_gold
from curation.gold.unmark_gold import unmark_gold
from curation.grid.filters import FILTERS
from curation.grid.sorts import SORTS
from curation.hints.models import Fitting, Hint
from curation.images.models import Image, Measures
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.questions.answer_question import answer_question
from curation.questions.ask_question import ask_question
from curation.vision.hint_columns import Evidence, row_of, without_copy
from curation.vision.hints import CLASSES, HINTS_VERSION, SUSPECTED
from curation.vision.hints import KEEP as KEPT
from curation.vision.signs import Signs
from curation.votes.models import Vote
from curation.votes.tallies import recount
from tests.stories.batches import KEEP, REJECT, UNSURE
from tests.stories.duplicates import near
from tests.stories.everything import Rank, World, address_of, routes
from tests.stories.hints import speaking
from tests.stories.pictures import with_plain_addresses

CLEAR = Signs(blurry=-3, covered=-4, drawn=-5, rephoto=-6)
SPEAKING = speaking(duplicate={"better_copy": 6.0}, keep={"no_face": 2.0})
ROUTES = sorted(routes(get_resolver().url_patterns))
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
_TAKERS = re.compile(r'\n *<dl class="facts" id="takers">.*?</dl>\n *', re.DOTALL)
"""Who downloaded the originals of a release, which whoever asks for every address does."""
_FACES = re.compile(r'"faces": ?\[[^\]]*\]')
"""Where the faces in a picture are, which everybody can see in it."""
WHERE_FACES_ARE_TOLD = ("desk", "api_desk")
WHERE_LIKENESS_IS_SHOWN = "api_near"
"""Whoever may say “duplicate” is shown of what; that two pictures look alike, everybody can see."""
WHERE_VOTES_ARE_SHOWN = ("image", "contested_image", "batch_decisions")


@dataclass(frozen=True)
class Scene:
    """The world with one image in it that others have judged."""

    world: World
    image: Image

    @property
    def other(self) -> Image:
        """The other one of its batch."""
        return Image.objects.get(subject=self.image.subject, number=2)

    def others_say(self, *verdicts: Verdict) -> None:
        """Votes by people who are not asked for any page, in place of their earlier ones."""
        Vote.objects.filter(image=self.image, volunteer__username__startswith="other").delete()
        recount(Image.objects.filter(pk=self.image.pk))
        for n, verdict in enumerate(verdicts):
            person, _ = User.objects.get_or_create(username=f"other{n}")
            self.say(person, verdict)

    def say(self, person: User, verdict: Verdict, *, of: Image | None = None) -> None:
        """One vote; a rejection is for being drawn."""
        image = of or self.image
        Vote.objects.update_or_create(
            image=image,
            volunteer=person,
            defaults={
                "verdict": verdict,
                "reason_codes": Reason.DRAWN if verdict is REJECT else "",
                "manual_version": 1,
                "cast_at": timezone.now(),
            },
        )
        recount(Image.objects.filter(pk=image.pk))

    def settle(self, verdict: Verdict) -> None:
        """The admin's ruling, in place of an earlier one."""
        Ruling.objects.update_or_create(
            image=self.image,
            defaults={
                "verdict": verdict,
                "reason_codes": Reason.DRAWN if verdict is REJECT else "",
                "note": f"I {verdict} it",
                "ruled_by": self.world.people[Rank.ADMIN],
                "ruled_at": timezone.now(),
            },
        )

    def machine_sees(self, *, yaw: float, is_near: bool) -> None:
        """A face, and whether the image is nearly the same as the other one of the batch."""
        faces = Face.objects.filter(analysis__image=self.image)
        faces.update(yaw=yaw, left=yaw / 10, right=yaw / 10 + 1)
        Measures.objects.filter(image=self.image).update(
            **dict.fromkeys(("yaw", "pitch", "sharpness", "face_size", "brightness"), yaw),
            num_faces=round(yaw),
            likeness=yaw / 90,
            suspicion=yaw / 90,
            suspected="duplicate" if is_near else "odd",
        )
        suspected = {"duplicate": 0.9, "odd": 0.05} if is_near else {"duplicate": 0.1, "odd": 0.8}
        Hint.objects.filter(image=self.image).update(**suspected)
        NearPair.objects.all().delete()
        DistinctPair.objects.all().delete()
        if is_near:
            near(self.image, self.other)
        self._suspects(self.other, has_better_copy=is_near)

    def _suspects(self, other: Image, *, has_better_copy: bool) -> None:
        """What a fitting writes of the image that looks like ours, or does not."""
        row = row_of(Evidence((), CLEAR, has_better_copy, False))
        scores, alone = (
            dict(zip(CLASSES, SPEAKING(rows)[0].tolist(), strict=True))
            for rows in (row[None], without_copy(row[None]))
        )
        Hint.objects.filter(image=other).update(
            row=row.astype("<f4").tobytes(),
            **{name: round(scores[name], 4) for name in SUSPECTED},
        )
        Measures.objects.filter(image=other).update(
            suspicion=round(1 - scores[KEPT], 4),
            suspected="duplicate" if has_better_copy else "",
            suspicion_alone=round(1 - alone[KEPT], 4),
            suspected_alone="",
        )

    def said_to_be_distinct(self) -> None:
        """Before the image was handed out, an organiser told it from the other one."""
        mark_distinct(subject=self.image.subject, numbers=[1, 2], actor=None)

    def is_gold(self, verdict: Verdict) -> None:
        """The admin says what the right answer is, in place of an earlier one."""
        mark_gold(
            subject=self.image.subject,
            images=Image.objects.filter(pk=self.image.pk),
            verdict=verdict,
            reasons=[Reason.DRAWN] if verdict is REJECT else [],
            note=f"{verdict}, of course",
            to_judge=(),
            actor=self.world.people[Rank.ADMIN],
        )

    def is_gold_no_more(self) -> None:
        images = Image.objects.filter(pk=self.image.pk)
        unmark_gold(subject=self.image.subject, images=images, to_judge=(), actor=None)

    def there_is_gold(self) -> None:
        """Another picture is gold: that there is any, people are told on their own page."""
        other = Image.objects.filter(subject=self.image.subject).exclude(pk=self.image.pk)
        mark_gold(subject=self.image.subject, images=other, verdict=KEEP, to_judge=(), actor=None)

    def hand_to(self, rank: Rank) -> None:
        until = timezone.now() + dt.timedelta(days=30, hours=12)
        Assignment.objects.update_or_create(
            batch=Batch.objects.get(number=1, subject=self.image.subject),
            volunteer=self.world.people[rank],
            defaults={"leased_until": until, "granted_until": until},
        )

    def addresses(self, routes: Iterable[str], *, number: int = 1) -> list[str]:
        given = {**self.world.ids, "token": "of-no-invitation", "number": number}
        return [address_of(route, given) for route in routes]

    def everywhere(self) -> list[str]:
        """Every address there is, and the page of the image that looks like ours."""
        routes = [route for route in ROUTES if route != WHERE_LIKENESS_IS_SHOWN]
        return self.addresses(routes) + self.addresses(["image"], number=2) + self.lists()

    def lists(self) -> list[str]:
        """The grid in every order and by every filter, as windows, places and positions."""
        questions = [f"sort={key}" for key in SORTS]
        questions += [
            f"{key}={value}"
            for key, each in FILTERS.items()
            for value in each.choices or [self.world.people[Rank.ADMIN].pk]
        ]
        grids = self.addresses(["api_grid", "api_grid_places", "api_grid_position"])
        return [f"{grid}?{question}&number=1" for grid in grids for question in questions]

    def seen_by(self, rank: Rank, addresses: list[str]) -> dict[str, tuple[int, str]]:
        """What they get at each address, without what is different each time and the faces."""
        raw = self.with_faces_seen_by(rank, addresses)
        return {address: (status, _FACES.sub("", text)) for address, (status, text) in raw.items()}

    def with_faces_seen_by(self, rank: Rank, addresses: list[str]) -> dict[str, tuple[int, str]]:
        client = Client()
        client.force_login(self.world.people[rank])
        seen = {}
        for address in addresses:
            answer = client.get(address)
            text = answer.getvalue().decode("latin-1")
            text = with_plain_addresses(client, _TAKERS.sub("", _CSRF.sub("", text)))
            seen[address] = (answer.status_code, text)
        return seen


@pytest.fixture
def scene(world: World) -> Scene:
    image = Image.objects.get(subject__slug="ada", number=1)
    for each in Image.objects.filter(subject=image.subject):
        Measures.objects.filter(image=each).update(num_faces=1, yaw=20, face_size=200)
        analysis = Analysis.objects.create(
            image=each,
            subject=each.subject,
            state=JobState.DONE,
            perceptual_hash="00000000000000ff",
        )
        Face.objects.create(
            analysis=analysis,
            position=1,
            left=1,
            top=1,
            right=9,
            bottom=9,
            landmarks=b"",
            descriptor=b"",
            yaw=12,
            pitch=0,
            roll=0,
            sharpness=0.5,
        )
        Hint.objects.create(
            image=each,
            subject=each.subject,
            version=1,
            row=row_of(Evidence((), CLEAR, True, False)).astype("<f4").tobytes(),
            **dict.fromkeys(SUSPECTED, 0.0),
        )
    Fitting.objects.create(
        subject=image.subject,
        state=JobState.DONE,
        version=1,
        hints_version=HINTS_VERSION,
        fitted_at=timezone.now(),
        softmax=SPEAKING.as_dict(),
    )
    scene = Scene(world=world, image=image)
    scene.machine_sees(yaw=12, is_near=True)
    scene.hand_to(Rank.HOLDER)
    return scene


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
@pytest.mark.parametrize("is_settled", [False, True])
def test_whoever_is_to_judge_learns_nothing_anywhere(
    scene: Scene, *, rank: Rank, is_settled: bool
) -> None:
    scene.hand_to(rank)
    if is_settled:
        scene.settle(KEEP)
    scene.others_say(KEEP)
    before = scene.seen_by(rank, scene.everywhere())
    scene.others_say(REJECT)
    scene.machine_sees(yaw=34, is_near=False)
    assert scene.seen_by(rank, scene.everywhere()) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_what_is_suspected_of_a_judged_picture_does_not_tell_of_its_better_copy(
    scene: Scene, rank: Rank
) -> None:
    """That one is still to be judged: as long as it is, the other is shown as if it were not."""
    person = scene.world.people[rank]
    scene.hand_to(rank)
    scene.say(person, KEEP, of=scene.other)
    before = scene.seen_by(rank, scene.everywhere())
    scene.machine_sees(yaw=34, is_near=False)
    assert scene.seen_by(rank, scene.everywhere()) == before
    scene.say(person, KEEP)
    hints = scene.addresses(["image"], number=2) + scene.lists()
    alone = scene.seen_by(Rank.ORGANISER, hints)
    scene.machine_sees(yaw=34, is_near=True)
    together = scene.seen_by(Rank.ORGANISER, hints)
    differs = {
        address.partition("?")[2] for address in hints if alone[address] != together[address]
    }
    assert {"", "sort=suspicion&number=1", "suspected=duplicate&number=1"} <= differs


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_nor_that_the_machine_was_wrong(scene: Scene, rank: Rank) -> None:
    scene.hand_to(rank)
    scene.machine_sees(yaw=12, is_near=False)
    log_aside = [each for each in scene.everywhere() if "/log/" not in each]
    before = scene.seen_by(rank, log_aside)
    scene.machine_sees(yaw=12, is_near=True)
    scene.said_to_be_distinct()
    assert scene.seen_by(rank, log_aside) == before


def test_where_faces_are_and_what_is_alike_is_all_that_the_machine_tells(scene: Scene) -> None:
    told = scene.addresses([*WHERE_FACES_ARE_TOLD, WHERE_LIKENESS_IS_SHOWN])
    everywhere = {*scene.everywhere(), *told}
    before = scene.with_faces_seen_by(Rank.HOLDER, sorted(everywhere))
    scene.machine_sees(yaw=34, is_near=False)
    after = scene.with_faces_seen_by(Rank.HOLDER, sorted(everywhere))
    assert {address for address in everywhere if before[address] != after[address]} == set(told)


def test_likeness_tells_neither_votes_nor_which_is_the_better_one(scene: Scene) -> None:
    address = scene.addresses([WHERE_LIKENESS_IS_SHOWN])
    before = scene.seen_by(Rank.HOLDER, address)
    assert 'pairs":[[' in before[address[0]][1]
    scene.others_say(REJECT, REJECT)
    scene.settle(REJECT)
    scene.is_gold(REJECT)
    scene.machine_sees(yaw=34, is_near=True)
    assert scene.seen_by(Rank.HOLDER, address) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_that_two_differ_does_not_tell_how(scene: Scene, rank: Rank) -> None:
    scene.hand_to(rank)
    scene.others_say(KEEP, REJECT)
    before = scene.seen_by(rank, scene.everywhere())
    scene.others_say(UNSURE, KEEP)
    assert scene.seen_by(rank, scene.everywhere()) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_whoever_is_to_judge_never_learns_what_is_gold(scene: Scene, rank: Rank) -> None:
    scene.hand_to(rank)
    scene.there_is_gold()
    before = scene.seen_by(rank, scene.everywhere())
    scene.is_gold(KEEP)
    assert scene.seen_by(rank, scene.everywhere()) == before
    scene.is_gold(REJECT)
    assert scene.seen_by(rank, scene.everywhere()) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_what_others_ask_about_a_picture_is_nowhere_before_it_is_answered(
    scene: Scene, rank: Rank
) -> None:
    asker = scene.world.people[Rank.VOLUNTEER]
    for each in (rank, Rank.VOLUNTEER):
        scene.hand_to(each)
    before = scene.seen_by(rank, scene.everywhere())
    question = ask_question(item_id=scene.world.ids["item_id"], text="Is it Eve?", person=asker)
    assert scene.seen_by(rank, scene.everywhere()) == before
    answer_question(question=question, answer="Yes.", actor=scene.world.people[Rank.ADMIN])
    seen = scene.seen_by(rank, scene.addresses(["api_questions"]))
    assert all(
        "Is it Eve?" in text and asker.username not in text for _status, text in seen.values()
    )


@pytest.mark.parametrize("rank", [Rank.VOLUNTEER, Rank.HOLDER])
@pytest.mark.parametrize("has_voted", [False, True])
def test_volunteers_learn_it_on_no_page_and_by_no_order(
    scene: Scene, *, rank: Rank, has_voted: bool
) -> None:
    if has_voted:
        scene.say(scene.world.people[rank], KEEP)
    scene.there_is_gold()
    before = scene.seen_by(rank, scene.everywhere())
    scene.is_gold(REJECT)
    seen = scene.seen_by(rank, scene.everywhere())
    assert seen == before
    # What organisers' addresses answer everybody may read, and how one does oneself by gold.
    allowed = scene.addresses(["schema", "me"])
    named = [each for each, (_status, text) in seen.items() if "gold" in text.lower()]
    assert set(named) <= set(allowed)
    scene.is_gold_no_more()
    assert scene.seen_by(rank, scene.everywhere()) == before


def test_an_organiser_who_was_handed_nothing_sees_what_is_gold(scene: Scene) -> None:
    addresses = scene.addresses(["image", "api_grid"])
    before = scene.seen_by(Rank.ORGANISER, addresses)
    scene.is_gold(REJECT)
    seen = scene.seen_by(Rank.ORGANISER, addresses)
    assert [address for address in addresses if seen[address] != before[address]] == addresses


def test_an_organiser_who_may_be_asked_yet_learns_of_no_vote(scene: Scene) -> None:
    scene.others_say(KEEP)
    before = scene.seen_by(Rank.ORGANISER, scene.everywhere())
    scene.others_say(REJECT)
    assert scene.seen_by(Rank.ORGANISER, scene.everywhere()) == before


def test_volunteers_learn_of_no_vote_after_their_own_either(scene: Scene) -> None:
    scene.say(scene.world.people[Rank.HOLDER], UNSURE)
    scene.others_say(KEEP)
    before = scene.seen_by(Rank.HOLDER, scene.everywhere())
    scene.others_say(REJECT)
    assert scene.seen_by(Rank.HOLDER, scene.everywhere()) == before


@pytest.mark.parametrize("was_handed", [False, True])
@pytest.mark.parametrize("has_voted", [False, True])
@pytest.mark.parametrize("is_settled", [False, True])
@pytest.mark.parametrize("num_others", [1, 2])
def test_all_pages_agree_on_where_votes_may_be_shown(
    scene: Scene, *, was_handed: bool, has_voted: bool, is_settled: bool, num_others: int
) -> None:
    if was_handed:
        scene.hand_to(Rank.ORGANISER)
    if has_voted:
        scene.say(scene.world.people[Rank.ORGANISER], KEEP)
    seen = []
    for verdict in (KEEP, REJECT):
        scene.others_say(*[verdict] * num_others)
        if is_settled:
            scene.settle(verdict)
        seen.append(scene.seen_by(Rank.ORGANISER, scene.addresses(WHERE_VOTES_ARE_SHOWN)))
    is_shown = has_voted or num_others == 2 or (is_settled and not was_handed)
    differs = {address: seen[0][address] != seen[1][address] for address in seen[0]}
    assert differs == dict.fromkeys(differs, is_shown)
