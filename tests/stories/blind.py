"""What stories about the blind rule begin with: all that may not show, and who looks where."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

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
from curation.images.spreads import SPREADS
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.vision.hint_columns import Evidence, row_of, without_copy
from curation.vision.hints import CLASSES, HINTS_VERSION, SUSPECTED
from curation.vision.hints import KEEP as KEPT
from curation.vision.signs import Signs
from curation.votes.models import Vote
from curation.votes.tallies import recount
from tests.stories.batches import KEEP, REJECT
from tests.stories.duplicates import near
from tests.stories.everything import Rank, World, address_of, routes
from tests.stories.hints import speaking
from tests.stories.pictures import with_plain_addresses

CLEAR = Signs(blurry=-3, covered=-4, drawn=-5, rephoto=-6)
SPEAKING = speaking(duplicate={"better_copy": 6.0}, keep={"no_face": 2.0})
ROUTES = sorted(routes(get_resolver().url_patterns))
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
_TAKERS = re.compile(
    r'\n *<section class="section">\s*<h2>[^<]*</h2>\s*<dl class="facts" id="takers">'
    r".*?</dl>\s*</section>\n *",
    re.DOTALL,
)
"""Who downloaded a release, which whoever asks for every address does."""
_FACES = re.compile(r'"faces": ?\[[^\]]*\]')
"""Where the faces in a picture are, which everybody can see in it."""
WHERE_LIKENESS_IS_SHOWN = "api_near"
"""Whoever may say “duplicate” is shown of what; that two pictures look alike, everybody can see."""


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
            **dict.fromkeys((spread.key for spread in SPREADS), yaw),
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


def scene_of(world: World) -> Scene:
    """The image and its like as the machine left them, in a batch that somebody holds."""
    image = Image.objects.get(subject__slug="ada", number=1)
    for each in Image.objects.filter(subject=image.subject):
        _look_at(each)
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


def _look_at(image: Image) -> None:
    """What an analysis leaves: one face, and a row of what hints go by."""
    Measures.objects.filter(image=image).update(num_faces=1, yaw=20, face_size=200)
    analysis = Analysis.objects.create(
        image=image,
        subject=image.subject,
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
        image=image,
        subject=image.subject,
        version=1,
        row=row_of(Evidence((), CLEAR, True, False)).astype("<f4").tobytes(),
        **dict.fromkeys(SUSPECTED, 0.0),
    )
