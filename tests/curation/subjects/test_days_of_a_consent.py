"""A consent begins and ends at midnight in its project's time zone, whoever asks and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from curation.errors import InvalidInput
from curation.images.models import Image
from curation.projects.days import today_in
from curation.projects.models import Membership, Project, Role, User
from curation.subjects.gate import ConsentMissing, covered, is_covered, require_consent
from curation.subjects.models import Act, Consent, Subject
from curation.subjects.selectors import consents_expiring_soon, consents_of
from curation.votes.place import require_place
from tests.conftest import make_consent
from tests.stories.batches import cut, hand_out, items_of
from tests.stories.subjects import record

Clock = Callable[[str], None]

MARCH_2 = dt.date(2026, 3, 2)

MIDNIGHTS = [
    # zone, a second before 2 March begins there, when it begins, when it ends
    ("UTC", "2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-03 00:00:00"),
    ("Asia/Shanghai", "2026-03-01 15:59:59", "2026-03-01 16:00:00", "2026-03-02 16:00:00"),
    ("Pacific/Kiritimati", "2026-03-01 09:59:59", "2026-03-01 10:00:00", "2026-03-02 10:00:00"),
    ("Pacific/Pago_Pago", "2026-03-02 10:59:59", "2026-03-02 11:00:00", "2026-03-03 11:00:00"),
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the time of day, given in UTC."""

    def set_to(text: str) -> None:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


@pytest.mark.parametrize(("zone", "before", "begins", "ends"), MIDNIGHTS)
def test_it_holds_for_exactly_its_days(
    bob: Subject, admin: User, clock: Clock, zone: str, before: str, begins: str, ends: str
) -> None:
    Project.objects.update(time_zone=zone)
    bob.project.refresh_from_db()
    make_consent(bob, admin, valid_from=MARCH_2, valid_until=MARCH_2)
    for moment, holds in ((before, False), (begins, True), (ends, False)):
        clock(moment)
        assert is_covered(bob, Act.CURATE) == holds
        assert Subject.objects.filter(covered(Act.CURATE), pk=bob.pk).exists() == holds
        assert consents_of(bob)[0].state.holds == holds
        if holds:
            require_consent(bob, Act.CURATE)
        else:
            with pytest.raises(ConsentMissing):
                require_consent(bob, Act.CURATE)


@pytest.mark.parametrize(("zone", "before", "begins", "ends"), MIDNIGHTS)
def test_votes_are_taken_on_exactly_its_days(
    subject: Subject,
    organiser: User,
    volunteer: User,
    make_image: Callable[..., Image],
    clock: Clock,
    zone: str,
    before: str,
    begins: str,
    ends: str,
) -> None:
    clock("2026-03-01 00:00:00")
    Consent.objects.update(valid_from=dt.date(2026, 1, 1))
    batch = cut(subject, make_image, num=1, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    Consent.objects.update(valid_from=MARCH_2, valid_until=MARCH_2)
    Project.objects.update(time_zone=zone)
    (item,) = items_of(batch)
    for moment, holds in ((before, False), (begins, True), (ends, False)):
        clock(moment)
        if holds:
            require_place(item.pk, volunteer)
        else:
            with pytest.raises(ConsentMissing):
                require_place(item.pk, volunteer)


@pytest.mark.parametrize(("zone", "before", "begins", "ends"), MIDNIGHTS)
def test_what_holds_from_today_is_in_force_today(
    bob: Subject, admin: User, clock: Clock, zone: str, before: str, begins: str, ends: str
) -> None:
    """Reported for UTC+14, and the same in Shanghai between midnight and eight."""
    Project.objects.update(time_zone=zone)
    bob.project.refresh_from_db()
    clock(begins)
    record(bob, admin, valid_from=today_in(bob.project), valid_until=today_in(bob.project))
    assert today_in(bob.project) == MARCH_2
    require_consent(bob, Act.CURATE)
    with pytest.raises(InvalidInput):
        record(bob, admin, valid_from=dt.date(2026, 2, 1), valid_until=dt.date(2026, 3, 1))


def test_over_many_projects_each_has_its_own_day(
    project: Project,
    admin: User,
    clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    clock("2026-03-02 10:30:00")  # already 3 March in Kiritimati, still 1 March in Pago Pago
    zones = ("Pacific/Kiritimati", "Asia/Shanghai", "UTC", "Pacific/Pago_Pago")
    for zone in zones:
        other = Project.objects.create(slug=zone.split("/")[-1].lower(), name=zone, time_zone=zone)
        Membership.objects.create(project=other, user=admin, role=Role.ADMIN)
        person = Subject.objects.create(project=other, slug="p", name=zone)
        make_consent(person, admin, valid_from=dt.date(2026, 3, 1), valid_until=MARCH_2)
    with django_assert_num_queries(1):
        held = Subject.objects.filter(covered(Act.CURATE)).values_list("name", flat=True)
        assert set(held) == {"Asia/Shanghai", "UTC", "Pacific/Pago_Pago"}
    with django_assert_num_queries(1):
        ending = {consent.subject.name for consent in consents_expiring_soon(admin)}
    assert ending == {"Asia/Shanghai", "UTC", "Pacific/Pago_Pago"}
    clock("2026-01-31 10:30:00")  # 30 days before its end where it is 31 January already
    Consent.objects.update(valid_from=dt.date(2026, 1, 1))
    ending = {consent.subject.name for consent in consents_expiring_soon(admin)}
    assert ending == {"Pacific/Kiritimati", "Asia/Shanghai", "UTC"}


def test_moving_the_project_moves_the_midnights(bob: Subject, admin: User, clock: Clock) -> None:
    make_consent(bob, admin, valid_from=MARCH_2)
    clock("2026-03-01 17:00:00")
    assert not is_covered(bob, Act.CURATE)
    Project.objects.update(time_zone="Asia/Shanghai")
    assert is_covered(bob, Act.CURATE)
