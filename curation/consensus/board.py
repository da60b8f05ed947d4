"""How far a subject's work is, at which pace it goes on and who does it, for its organisers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet
from django.utils import timezone

from curation.batches.models import Assignment, Batch
from curation.batches.selectors import batches_of
from curation.consensus.forecast import Cost, cost_of, done_on, votes_a_day
from curation.consensus.kinds import num_of_each_kind
from curation.projects.days import today_in
from curation.projects.models import Membership, Rule, User
from curation.subjects.models import Subject
from curation.votes.judge_item import WANTED_AT_FIRST
from curation.votes.models import VoteEvent
from curation.votes.pace import pictures_a_minute
from curation.votes.voting_rule import Tally, votes_wanted
from curation.votes.work import batches_in_work

NEWEST_VOTES = 4000
"""So many of the subject's newest votes tell the pace; more would tell the same, later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paces:
    """How quickly votes on a subject come in."""

    a_day: float | None
    """Votes in a day; None while too few are known."""
    a_minute: float | None
    """Pictures that one person judges in a minute, at the median of people."""
    by_person: dict[int, float]
    """The same of each person, where enough is known of them."""
    num_lately: dict[int, int]
    """How many of the newest votes are whose."""
    last_at: dict[int, dt.datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """How far a subject is, and when it will be done."""

    num_images: int
    num_judged: int
    """Images of which no further vote is wanted."""
    num_wanted: int
    """Votes that are wanted in all; third ones only where they are asked for already."""
    paces: Paces
    done_on: dt.date | None
    one_more: Cost
    """What one more vote on each image would take."""

    @property
    def num_left(self) -> int:
        return self.num_images - self.num_judged


def board_of(subject: Subject) -> Board:
    """Two queries. Settled images count as judged: nobody has to vote there."""
    num_images = num_left = num_wanted = 0
    at_first = WANTED_AT_FIRST[Rule(subject.project.rule)]
    for kind, num in num_of_each_kind([subject.pk]).items():
        wanted = votes_wanted(kind.tally) if kind.tally != Tally() else at_first
        wanted = 0 if kind.ruling else wanted
        num_images += num
        num_left += num if wanted else 0
        num_wanted += wanted * num
    paces = paces_of(subject)
    return Board(
        num_images=num_images,
        num_judged=num_images - num_left,
        num_wanted=num_wanted,
        paces=paces,
        done_on=done_on(num_wanted, paces.a_day, today=today_in(subject.project)),
        one_more=cost_of(num_images, a_minute=paces.a_minute, a_day=paces.a_day),
    )


def paces_of(subject: Subject) -> Paces:
    """From the newest votes that were not taken back. One query."""
    cast = VoteEvent.objects.filter(batch__subject=subject, is_rolled_back=False)
    events = cast.exclude(verdict="").order_by("-id")
    moments: dict[int, list[dt.datetime]] = defaultdict(list)
    for person, at in events.values_list("volunteer", "at")[:NEWEST_VOTES]:
        moments[person].append(at)
    by_person = {
        person: pace
        for person, each in moments.items()
        if (pace := pictures_a_minute(sorted(each))) is not None
    }
    all_moments = [at for each in moments.values() for at in each]
    return Paces(
        a_day=votes_a_day(all_moments, now=timezone.now()),
        a_minute=median(by_person.values()) if by_person else None,
        by_person=by_person,
        num_lately={person: len(each) for person, each in moments.items()},
        last_at={person: max(each) for person, each in moments.items()},
    )


SHOWN = ("all", "unfinished", "free", "late", "closed")
"""Which batches can be listed by themselves."""


def batches_shown(subject: Subject, show: str, holder: int | None = None) -> QuerySet[Batch]:
    """Some of the subject's batches: those that `show` names, of the person with that key."""
    held = Assignment.objects.filter(batch=OuterRef("pk"), returned_at=None)
    live = held.filter(leased_until__gt=timezone.now())
    late = held.filter(leased_until__lte=timezone.now())
    match show:
        case "unfinished":
            batches = batches_in_work([subject])
        case "free":
            batches = batches_in_work([subject]).filter(~Exists(live))
        case "late":
            batches = batches_in_work([subject]).filter(Exists(late))
        case "closed":
            batches = batches_of(subject).filter(closed_at__isnull=False)
        case _:
            batches = batches_of(subject)
    return batches.filter(Exists(held.filter(volunteer=holder))) if holder else batches


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """One member's part in a subject's work."""

    person: User
    num_batches: int
    """Open batches that they hold now."""
    num_images: int | None
    """Images in these; None where too much is held by too many to count it for a page."""
    num_votes: int
    """Their votes on these."""
    next_end: dt.datetime | None
    """When the first of their leases ends."""
    a_minute: float | None
    num_lately: int
    last_at: dt.datetime | None

    @property
    def num_left(self) -> int:
        return (self.num_images or 0) - self.num_votes


MOST_COUNTED = 500
"""Of more leases at once it is not counted how far each is: 2,700 took a third of a second."""


def workers_on(subject: Subject, members: Sequence[Membership]) -> list[Worker]:
    """Those of the members who hold or lately judged something; who holds most first.

    Four queries at most, however many they are.
    """
    live = Assignment.objects.filter(
        batch__subject=subject,
        batch__closed_at=None,
        returned_at=None,
        leased_until__gt=timezone.now(),
        volunteer__in=[member.user_id for member in members],
    ).order_by()
    ends = {
        row["volunteer"]: (row["num"], row["end"])
        for row in live.values("volunteer").annotate(num=Count("pk"), end=Min("leased_until"))
    }
    is_counted = sum(num for num, _end in ends.values()) <= MOST_COUNTED
    counted = live if is_counted else live.none()
    items = counted.values("volunteer").annotate(num=Count("batch__items"))
    num_images = dict(items.values_list("volunteer", "num"))
    votes = counted.filter(batch__items__image__votes__volunteer=F("volunteer")).values("volunteer")
    num_votes = dict(votes.annotate(num=Count("pk")).values_list("volunteer", "num"))
    paces = paces_of(subject)
    workers = [
        Worker(
            person=member.user,
            num_batches=ends.get(member.user_id, (0, None))[0],
            num_images=num_images.get(member.user_id, 0) if is_counted else None,
            num_votes=num_votes.get(member.user_id, 0),
            next_end=ends.get(member.user_id, (0, None))[1],
            a_minute=paces.by_person.get(member.user_id),
            num_lately=paces.num_lately.get(member.user_id, 0),
            last_at=paces.last_at.get(member.user_id),
        )
        for member in members
    ]
    at_it = [each for each in workers if each.num_batches or each.num_lately]
    return sorted(at_it, key=lambda each: (-each.num_left, each.person.username))
