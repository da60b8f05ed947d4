"""What waits for somebody whom no organiser asked: pictures of subjects that are open to all."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from curation.batches.models import Assignment, Batch, BatchItem, HandOut
from curation.batches.selectors import images_in_no_batch
from curation.gold.models import GoldAnswerEvent
from curation.gold.selectors import had_as_gold
from curation.images.selectors import is_purged
from curation.projects.models import User
from curation.subjects.gate import covered
from curation.subjects.models import Act, Subject
from curation.votes.models import ImageTally, Vote
from curation.votes.tallies import (
    MOST_WANTED,
    TALLY,
    numbers_that_want,
    numbers_that_want_any,
    unheard,
    with_tallies,
)

Work = Literal["some", "nothing_open", "had_enough", "others_hold_it", "all_judged"]
"""Whether somebody can take work, or why not."""


WANTING = tuple(numbers_that_want_any())
"""Each packed tally of an image that wants a vote."""


def open_subjects(person: User) -> QuerySet[Any]:
    """Subjects that the person may take work on, with `is_named` and `has_enough` added.

    Those for which they are named come first, then the first opened. Who `has_enough` has judged
    as many of its pictures as one person may: they are given no more.
    """
    named = HandOut.people.through.objects.filter(handout=OuterRef("pk"), user=person)
    judged = Vote.objects.filter(volunteer=person, image__subject=OuterRef("pk")).order_by()
    num_judged = Subquery(
        judged.values("image__subject").annotate(num=Count("pk")).values("num"),
        output_field=IntegerField(),
    )
    limit = F("hand_out__most_each")
    return (
        Subject.objects.filter(
            covered(Act.CURATE),
            hand_out__opened_at__isnull=False,
            project__memberships__user=person,
        )
        .annotate(
            is_named=Exists(named),
            has_enough=Case(
                When(hand_out__most_each=None, then=Value(value=False)),
                When(GreaterThanOrEqual(Coalesce(num_judged, 0), limit), then=Value(value=True)),
                default=Value(value=False),
            ),
        )
        .filter(Q(hand_out__for_everybody=True) | Q(is_named=True))
        .select_related("project", "hand_out")
        .order_by("-is_named", "hand_out__opened_at", "id")
    )


def sizes_to_take(person: User) -> set[int]:
    """Of how many pictures the batches are that are cut for the person. One query."""
    return {subject.hand_out.size for subject in open_subjects(person) if not subject.has_enough}


def work_for(person: User) -> Work:
    """Whether the person can take work that they do not hold. Four queries at most.

    No level is asked for: it says which work comes first (`practised_eyes`), never that none does.
    """
    found = list(open_subjects(person))
    subjects = [subject for subject in found if not subject.has_enough]
    if not subjects:
        return "had_enough" if found else "nothing_open"
    if images_in_no_batch(*subjects).exists():
        return "some"
    waiting = _wanting(batches_in_work(subjects), person)
    if not waiting.exists():
        return "all_judged"
    return "some" if _free_of(waiting, person).exists() else "others_hold_it"


def subjects_with_work(subjects: list[Subject], person: User) -> list[Subject]:
    """Those on which the person can take work that they do not hold. One query."""
    new = images_in_no_batch(*subjects).filter(subject=OuterRef("pk"))
    batches = batches_in_work(subjects).filter(subject=OuterRef("pk"))
    free = _free_of(_wanting(batches, person), person)
    keys = [each.pk for each in subjects]
    rows = Subject.objects.filter(Q(Exists(new)) | Q(Exists(free)), pk__in=keys)
    found = set(rows.values_list("pk", flat=True))
    return [each for each in subjects if each.pk in found]


def _free_of(waiting: QuerySet[Batch], person: User) -> QuerySet[Batch]:
    """Of batches that wait for the person, those that they can take."""
    taken_back = Assignment.objects.filter(
        batch=OuterRef("pk"), volunteer=person, is_taken_back=True
    )
    return waiting.filter(~Exists(taken_back), ~Exists(_enough_hold(person)))


def batches_in_work(subjects: list[Subject]) -> QuerySet[Batch]:
    """Open batches with a picture that wants a vote of whomever.

    One look at its tally sorts out each picture that is judged: whatever else is asked comes after.
    """
    is_judged = ImageTally.objects.filter(image=OuterRef("image")).exclude(packed__in=WANTING)
    waiting = BatchItem.objects.filter(~Exists(is_judged), batch=OuterRef("pk"))
    return Batch.objects.filter(Exists(waiting), subject__in=subjects, closed_at=None)


def free_batches(batches: QuerySet[Batch], person: User, *, had: bool) -> QuerySet[Batch]:
    """Those of the batches that the person can take, the first cut first.

    Those that they `had`, and gave back or ran out of time with; else those that they never had.
    Each picture in them that waits for the person lacks more votes than others who hold the batch
    could give.
    """
    leases = Assignment.objects.filter(batch=OuterRef("pk"), volunteer=person)
    mine = Exists(leases.filter(is_taken_back=False)) if had else ~Exists(leases)
    free = _wanting(batches, person).filter(mine, ~Exists(_enough_hold(person)))
    return free.order_by("number", "id")


def _wanting(batches: QuerySet[Batch], person: User) -> QuerySet[Batch]:
    """Those that are open and have a picture that wants a vote of the person."""
    return batches.filter(Exists(_items_wanting(person)), closed_at=None)


def _items_wanting(person: User) -> QuerySet[BatchItem]:
    """Of one batch around it, the items that wait for a vote of the person."""
    mine = Vote.objects.filter(image=OuterRef("image"), volunteer=person)
    items = BatchItem.objects.filter(
        ~is_purged("image"),
        ~Exists(mine),
        ~had_as_gold(person, image="image"),
        batch=OuterRef("pk"),
    )
    counted = with_tallies(items, image="image", default=unheard("batch__subject__project"))
    return counted.filter(**{f"{TALLY}__in": WANTING})


def _enough_hold(person: User) -> QuerySet[BatchItem]:
    """Of these, the ones of which as many votes are to be expected as are wanted.

    Or as many as the subject's `overlap` lets people be at it at once.
    """
    has_voted = Vote.objects.filter(
        image=OuterRef(OuterRef("image")), volunteer=OuterRef("volunteer")
    )
    knows_answer = GoldAnswerEvent.objects.filter(
        image=OuterRef(OuterRef("image")), person=OuterRef("volunteer")
    )
    at_it = Assignment.objects.filter(
        ~Exists(has_voted),
        ~Exists(knows_answer),
        ~Q(volunteer=person),
        batch=OuterRef("batch"),
        returned_at=None,
        leased_until__gt=timezone.now(),
        volunteer__memberships__project=F("batch__subject__project"),
    )
    counted = at_it.order_by().values("batch").annotate(num=Count("pk")).values("num")
    expected = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    enough = Q(num_expected__gte=F("batch__subject__hand_out__overlap"))
    for num in range(1, MOST_WANTED + 1):
        enough |= Q(**{f"{TALLY}__in": numbers_that_want(num)}, num_expected__gte=num)
    return _items_wanting(person).annotate(num_expected=expected).filter(enough)
