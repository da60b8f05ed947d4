"""A date is written the same way wherever it stands."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone, translation

from curation.projects.models import User
from frontend.templatetags.when import day, moment

EVENING = dt.datetime(2026, 11, 25, 18, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "zone", "written", "written_day"),
    [
        ("en", "UTC", "25 Nov 2026, 18:04 UTC", "25 Nov 2026"),
        ("en", "Asia/Shanghai", "26 Nov 2026, 02:04", "26 Nov 2026"),
        ("zh-hans", "UTC", "2026 年 11 月 25 日 18:04 UTC", "2026 年 11 月 25 日"),
        ("zh-hans", "Asia/Shanghai", "2026 年 11 月 26 日 02:04", "2026 年 11 月 26 日"),
    ],
)
def test_a_moment_is_told_where_the_reader_is(
    language: str, zone: str, written: str, written_day: str
) -> None:
    with translation.override(language), timezone.override(zone):
        assert moment(EVENING) == written
        assert day(EVENING) == written_day


def test_a_day_is_the_same_everywhere() -> None:
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        assert day(dt.date(2026, 3, 1)) == "1 Mar 2026"


@pytest.mark.parametrize(
    ("cookie", "is_utc"),
    [
        ("Asia/Shanghai", False),
        ("", True),
        ("Nowhere/Land", True),
        ("../../etc/passwd", True),
        ("Asia", True),
    ],
)
def test_the_browser_names_its_zone(
    client: Client, organiser: User, subject: object, cookie: str, *, is_utc: bool
) -> None:
    client.force_login(organiser)
    client.cookies["timezone"] = cookie
    page = client.get("/projects/fans/subjects/ada/consents/").content.decode()
    assert (" UTC" in page) is is_utc
