"""Which day it is for a project: days of a consent are days of the project's time zone."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, DateTimeField, Func, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput
from curation.projects.models import Project

EARLIEST = dt.timedelta(hours=-12)
LATEST = dt.timedelta(hours=14)
"""How far the clocks of the world are from UTC."""

DAY_IN_SQL = {
    "sqlite": "django_datetime_cast_date({moment}, {zone}, 'UTC')",  # Django's own, on SQLite
    "postgresql": "({moment} AT TIME ZONE {zone})::date",
}
"""By database, the day of a moment in the zone that a column names."""


def today_in(project: Project, *, now: dt.datetime | None = None) -> dt.date:
    """The day that it is now, or at `now`, where the project is."""
    return timezone.localdate(now, zoneinfo.ZoneInfo(project.time_zone))


class DayIn(Func):
    """The same inside a query over many projects: the day of `moment` in the zone in `column`."""

    output_field = DateField()
    arity = 2

    def __init__(self, moment: dt.datetime, column: Any) -> None:
        super().__init__(Value(moment, output_field=DateTimeField()), column)

    def as_sql(
        self, compiler: Any, connection: BaseDatabaseWrapper, *_args: Any, **_extra: Any
    ) -> tuple[str, Any]:
        moment, zone = (compiler.compile(part) for part in self.get_source_expressions())
        sql = DAY_IN_SQL[connection.vendor].format(moment=moment[0], zone=zone[0])
        return sql, (*moment[1], *zone[1])


@cache
def time_zones() -> tuple[str, ...]:
    """The zones that a project can be in, by their names in the IANA data base.

    Without those called by an offset alone: Etc/GMT+8 is eight hours behind, which nobody expects.
    """
    names = zoneinfo.available_timezones()
    places = (name for name in names if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return ("UTC", *sorted(places))


def require_time_zone(name: str) -> None:
    """Raise InvalidInput unless a project can be in the zone called `name`."""
    if name not in time_zones():
        raise InvalidInput(_("“%(name)s” is not the name of a time zone.") % {"name": name})
