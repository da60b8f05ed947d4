"""A project's days are those of its time zone, in Python and in queries alike."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import F

from curation.errors import InvalidInput, NotAllowed
from curation.projects.days import DayIn, require_time_zone, time_zones, today_in
from curation.projects.edit_project import edit_project
from curation.projects.models import ActionLog, Project, User


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


MIDNIGHTS = [
    ("Asia/Shanghai", "2026-03-01 15:59:59", "2026-03-01"),
    ("Asia/Shanghai", "2026-03-01 16:00:00", "2026-03-02"),
    ("Pacific/Kiritimati", "2026-03-01 09:59:59", "2026-03-01"),
    ("Pacific/Kiritimati", "2026-03-01 10:00:00", "2026-03-02"),
    ("Pacific/Pago_Pago", "2026-03-01 10:59:59", "2026-02-28"),
    ("Pacific/Pago_Pago", "2026-03-01 11:00:00", "2026-03-01"),
    ("UTC", "2026-03-01 23:59:59", "2026-03-01"),
    ("America/New_York", "2026-03-09 03:59:59", "2026-03-08"),  # summer time since that morning
    ("America/New_York", "2026-03-09 04:00:00", "2026-03-09"),
]


def day_by_query(project: Project, moment: dt.datetime) -> dt.date:
    return Project.objects.annotate(day=DayIn(moment, F("time_zone"))).get(pk=project.pk).day  # type: ignore[no-any-return]


@pytest.mark.parametrize(("zone", "moment", "day"), MIDNIGHTS)
def test_the_day_changes_at_the_midnight_of_the_zone(
    project: Project, zone: str, moment: str, day: str
) -> None:
    Project.objects.update(time_zone=zone)
    project.refresh_from_db()
    assert today_in(project, now=at(moment)) == dt.date.fromisoformat(day)
    assert day_by_query(project, at(moment)) == dt.date.fromisoformat(day)


def test_python_and_the_database_agree_on_every_zone(db: None) -> None:
    Project.objects.bulk_create(
        Project(slug=f"z{n}", name=zone, time_zone=zone) for n, zone in enumerate(time_zones())
    )
    for moment in (at("2026-01-15 10:30:00"), at("2026-07-15 11:30:00"), at("2026-07-15 22:30:00")):
        for project in Project.objects.annotate(day=DayIn(moment, F("time_zone"))):
            assert project.day == today_in(project, now=moment), project.time_zone


def test_zones_called_by_an_offset_are_not_offered() -> None:
    assert {"UTC", "Asia/Shanghai", "Pacific/Kiritimati"} <= set(time_zones())
    for name in ("Etc/GMT+8", "Beijing", "../etc/passwd", "", "localtime", "posixrules"):
        with pytest.raises(InvalidInput):
            require_time_zone(name)


def test_an_admin_changes_the_zone_and_it_is_on_record(
    project: Project, admin: User, organiser: User
) -> None:
    edit_project(project=project, name="Fans", time_zone="Asia/Shanghai", actor=admin)
    project.refresh_from_db()
    assert (project.name, project.time_zone) == ("Fans", "Asia/Shanghai")
    entry = ActionLog.objects.get(action="project.edit")
    assert (entry.details["time_zone_before"], entry.details["time_zone"]) == (
        "UTC",
        "Asia/Shanghai",
    )
    edit_project(project=project, name="Fans", time_zone="Asia/Shanghai", actor=admin)
    assert ActionLog.objects.filter(action="project.edit").count() == 1
    with pytest.raises(NotAllowed):
        edit_project(project=project, name="Fans", time_zone="UTC", actor=organiser)
    for name, zone in (("Fans", "Nowhere/Land"), (" ", "UTC")):
        with pytest.raises(InvalidInput):
            edit_project(project=project, name=name, time_zone=zone, actor=admin)
