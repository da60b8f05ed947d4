"""The one question behind every vote agrees with the checks that explain a refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import product

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.batches.access import find_item, require_lease_to_judge, require_may_be_shown
from curation.batches.extend_lease import GRACE
from curation.batches.models import Assignment, Batch
from curation.errors import Refused
from curation.images.models import Image
from curation.manual.models import ManualVersion
from curation.manual.order_reasons import order_reasons
from curation.manual.reasons import Reason
from curation.manual.selectors import current_version
from curation.projects.models import Membership, Project, User
from curation.subjects.models import Consent, Subject
from curation.votes.place import require_place
from curation.votes.voting_rule import Tally
from tests.stories.batches import KEEP, UNSURE, crowd, cut, hand_out, items_of, vote

PAST = timezone.now() - GRACE - dt.timedelta(hours=1)
LATE = timezone.now() - dt.timedelta(hours=1)
TODAY = timezone.now().date()
YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=2, by=organiser)
    hand_out(batch, volunteer, organiser, by=organiser)
    return batch


def refusal_of(check: Callable[[], object]) -> str:
    try:
        check()
    except Refused as refusal:
        return refusal.code
    return ""


def explained(item_id: int, person: User) -> str:
    """What the checks say one by one, without the one question."""

    def check() -> None:
        item = find_item(item_id)
        require_lease_to_judge(person, item.batch)
        require_may_be_shown(item.batch.subject)

    return refusal_of(check)


def test_in_every_state_of_things_the_answer_is_that_of_the_single_checks(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    item = items_of(batch)[0]
    future = timezone.now() + dt.timedelta(hours=1)
    seen = set()
    for returned, until, closed, purged, withdrawn, curate, (start, end) in product(
        (None, PAST),
        (PAST, LATE, future),
        (None, PAST),
        (None, PAST),
        (None, PAST),
        (True, False),
        ((YESTERDAY, None), (TODAY, TODAY), (YESTERDAY, YESTERDAY), (TOMORROW, None)),
    ):
        Assignment.objects.update(returned_at=returned, leased_until=until)
        Batch.objects.update(closed_at=closed)
        Image.objects.update(purged_at=purged)
        Consent.objects.update(
            withdrawn_at=withdrawn,
            withdrawn_by=organiser if withdrawn else None,
            covers_curate=curate,
            valid_from=start,
            valid_until=end,
        )
        refusal = refusal_of(lambda: require_place(item.pk, volunteer))
        assert refusal == explained(item.pk, volunteer)
        seen.add(refusal)
    expected = {"", "not_assigned", "batch_closed", "lease_expired", "consent_missing", "not_found"}
    assert seen == expected


def test_when_all_is_well_it_is_one_query(
    batch: Batch,
    volunteer: User,
    organiser: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    one, other = items_of(batch)
    for item, person in ((one, volunteer), (other, volunteer), (one, organiser)):
        with django_assert_num_queries(1):
            place = require_place(item.pk, person)
        assert (place.image_id, place.batch_id) == (item.image_id, batch.pk)


def test_it_asks_for_the_person_given_and_for_members_only(
    batch: Batch, volunteer: User, admin: User, stranger: User
) -> None:
    item = items_of(batch)[0]
    assert refusal_of(lambda: require_place(item.pk, admin)) == "not_assigned"
    assert refusal_of(lambda: require_place(item.pk, stranger)) == "not_found"
    assert refusal_of(lambda: require_place(item.pk + 999, volunteer)) == "not_found"
    Membership.objects.filter(user=volunteer).delete()
    assert refusal_of(lambda: require_place(item.pk, volunteer)) == "not_found"


def test_it_finds_the_votes_and_whether_one_is_the_volunteers(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    item = items_of(batch)[0]
    assert require_place(item.pk, volunteer).tally == Tally()
    hand_out(batch, organiser, by=organiser)
    vote(volunteer, item, KEEP)
    vote(organiser, item, UNSURE)
    place = require_place(item.pk, volunteer)
    assert (place.tally, place.has_voted) == (Tally(keep=1, unsure=1), True)
    (late,) = crowd(batch.subject.project, 1)
    hand_out(batch, late, by=organiser)
    place = require_place(item.pk, late)
    assert (place.tally, place.has_voted) == (Tally(keep=1, unsure=1), False)


def test_it_names_the_manual_that_the_project_has_now(
    batch: Batch, volunteer: User, organiser: User
) -> None:
    item, project = items_of(batch)[0], batch.subject.project
    for number in (1, 9):
        place = require_place(item.pk, volunteer)
        assert place.manual_version == current_version(project)
        numbers = {Reason.DRAWN: number}
        order_reasons(project=project, seen=place.manual_version, numbers=numbers, actor=organiser)
    assert require_place(item.pk, volunteer).manual_version == 3
    other = Project.objects.create(slug="others", name="Others")
    ManualVersion.objects.create(project=other, number=9)
    assert require_place(item.pk, volunteer).manual_version == 3, "another project's is another's"
