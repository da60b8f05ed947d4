"""The manual as data: whole in both languages, and each project's newest is in force."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from curation.manual.edit_reason import edit_reason
from curation.manual.models import ManualExample, ManualReason, ManualVersion
from curation.manual.order_reasons import order_reasons
from curation.manual.reasons import Reason
from curation.manual.selectors import (
    current_manual,
    current_reasons,
    current_version,
    reason_titles,
    versions_of,
)
from curation.projects.models import Project, User

pytestmark = pytest.mark.django_db

CHINESE = re.compile("[\u4e00-\u9fff]")


def texts_of(row: Model, language: str) -> dict[str, str]:
    """What the row says in one language, by column."""
    columns = [each.name for each in row._meta.fields if each.name.endswith(f"_{language}")]
    return {column: getattr(row, column) for column in columns}


def test_a_new_database_explains_every_reason_under_its_number() -> None:
    assert [(each.position, each.code) for each in current_reasons(None)] == list(
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
    manual = current_manual(None)
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
    assert reason_titles(None)[Reason.BLURRY] == "too blurry"
    with translation.override("zh-hans"):
        assert reason_titles(None)[Reason.BLURRY] == "太模糊"


def test_every_project_begins_with_the_first_version_and_goes_on_with_its_own(
    project: Project, organiser: User
) -> None:
    other = Project.objects.create(slug="others", name="Others")
    assert current_version(project) == current_version(other) == current_version(None) == 1
    texts = texts_of(ManualReason.objects.get(code=Reason.DRAWN), "zh")
    texts |= texts_of(ManualReason.objects.get(code=Reason.DRAWN), "en") | {"title_en": "painted"}
    edit_reason(project=project, seen=1, reason=Reason.DRAWN, texts=texts, actor=organiser)
    assert (current_version(project), current_version(other)) == (2, 1)
    assert reason_titles(project)[Reason.DRAWN] == "painted"
    assert reason_titles(other)[Reason.DRAWN] == reason_titles(None)[Reason.DRAWN] != "painted"
    assert {each.version.number for each in current_reasons(project)} == {2}
    assert [each.number for each in versions_of(project)] == [2, 1]
    assert [each.number for each in versions_of(other)] == [1]


def test_the_database_knows_one_first_version_and_no_other_for_everybody(project: Project) -> None:
    for project_of, number in ((None, 1), (None, 2), (project, 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ManualVersion.objects.create(project=project_of, number=number)
    ManualVersion.objects.create(project=project, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManualVersion.objects.create(project=project, number=2)


def test_reading_it_costs_the_same_whatever_it_holds(
    project: Project, organiser: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for of in (None, project):
        with django_assert_num_queries(1):
            current_version(of)
        with django_assert_num_queries(1):
            assert len(reason_titles(of)) == 7
        with django_assert_num_queries(4):
            manual: Any = current_manual(of)
            assert sum(len(each.examples_shown) for each in manual.reasons_in_use) == 14
        numbers = {reason: number for number, reason in enumerate(Reason, start=2)}
        seen = current_version(project)
        order_reasons(project=project, seen=seen, numbers=numbers, actor=organiser)
