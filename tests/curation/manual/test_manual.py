"""The manual as data: whole in both languages, and the newest version is the one in force."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from curation.manual.models import ManualExample, ManualReason, ManualVersion
from curation.manual.reasons import Reason
from curation.manual.selectors import (
    current_manual,
    current_reasons,
    current_version,
    reason_titles,
)

pytestmark = pytest.mark.django_db

CHINESE = re.compile("[\u4e00-\u9fff]")


def texts_of(row: Model, language: str) -> dict[str, str]:
    """What the row says in one language, by column."""
    columns = [each.name for each in row._meta.fields if each.name.endswith(f"_{language}")]
    return {column: getattr(row, column) for column in columns}


def test_a_new_database_explains_every_reason_under_its_number() -> None:
    assert [(each.position, each.code) for each in current_reasons()] == list(
        enumerate(Reason, start=1)
    )


def test_the_first_version_is_whole_in_both_languages() -> None:
    rows = [*ManualReason.objects.all(), *ManualExample.objects.all()]
    assert len(rows) == 7 + 17
    for row in rows:
        english, chinese = texts_of(row, "en"), texts_of(row, "zh")
        assert len(english) == len(chinese) > 0
        assert all(text and not CHINESE.search(text) for text in english.values()), english
        assert all(CHINESE.search(text) for text in chinese.values()), chinese


def test_every_reason_and_what_to_keep_are_shown_in_pictures_that_exist() -> None:
    manual = current_manual()
    assert all(each.is_good for each in manual.examples.filter(reason=None))
    for reason in manual.reasons.all():
        assert [each.is_good for each in reason.examples.all()].count(False) >= 1, reason.code
    for example in manual.examples.all():
        assert finders.find(example.picture), example.picture


@pytest.mark.parametrize(
    "column", [f"{text}_{lang}" for text in ("title", "summary") for lang in ("en", "zh")]
)
def test_the_database_refuses_a_reason_without_a_translation(column: str) -> None:
    blurry = ManualReason.objects.get(code=Reason.BLURRY)
    setattr(blurry, column, "")
    with pytest.raises(IntegrityError, match="a_reason_is_explained_in_both_languages"):
        blurry.save()


def test_the_database_refuses_two_reasons_on_one_key_and_codes_that_votes_do_not_know() -> None:
    drawn = ManualReason.objects.get(code=Reason.DRAWN)
    drawn.position = 1
    with pytest.raises(IntegrityError), transaction.atomic():
        drawn.save()
    drawn.position, drawn.code = 5, "ugly"
    with pytest.raises(IntegrityError, match="only_reasons_that_votes_know"), transaction.atomic():
        drawn.save()


def test_titles_are_read_in_the_readers_language() -> None:
    assert reason_titles()[Reason.BLURRY] == "too blurry"
    with translation.override("zh-hans"):
        assert reason_titles()[Reason.BLURRY] == "太模糊"


def test_the_newest_version_is_in_force_and_the_older_stays() -> None:
    first = current_version()
    newer = ManualVersion.objects.create(number=first + 1)
    old = ManualReason.objects.get(code=Reason.DRAWN)
    texts = texts_of(old, "en") | texts_of(old, "zh") | {"title_en": "painted"}
    ManualReason.objects.create(version=newer, code=Reason.DRAWN, position=1, **texts)
    assert current_version() == first + 1
    assert reason_titles() == {Reason.DRAWN: "painted"}
    assert [each.version for each in current_reasons()] == [newer]
    assert ManualVersion.objects.get(number=first).reasons.count() == 7


def test_reading_it_costs_the_same_whatever_it_holds(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        current_version()
    with django_assert_num_queries(1):
        assert len(reason_titles()) == 7
    with django_assert_num_queries(4):
        manual = current_manual()
        assert sum(len(each.examples.all()) for each in manual.reasons.all()) == 14
