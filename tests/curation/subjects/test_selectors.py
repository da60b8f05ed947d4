"""What is read of subjects costs the same for one and for twenty."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from curation.projects.models import Membership, Project, Role, User
from curation.subjects.consent_state import ConsentStanding
from curation.subjects.gate import covered
from curation.subjects.models import Act, Portrait, Subject
from curation.subjects.selectors import (
    consents_expiring_soon,
    consents_of,
    coverage_of,
    subjects_in,
)
from tests.conftest import make_consent
from tests.stories.subjects import DAY, TODAY, make_subjects


@pytest.mark.parametrize("how_many", [1, 20])
def test_the_subjects_of_a_project(
    project: Project, admin: User, how_many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = make_subjects(project, admin, how_many)
    with django_assert_num_queries(1):
        subjects = list(subjects_in([project]))
    assert subjects == made
    assert {(subject.num_look_alikes, subject.is_visible) for subject in subjects} == {(2, True)}  # type: ignore[attr-defined]
    first = Portrait.objects.filter(subject=made[0]).order_by("pk")[0]
    assert subjects[0].portrait_sha256 == first.sha256  # type: ignore[attr-defined]


@pytest.mark.parametrize("how_many", [1, 20])
def test_the_consents_of_a_subject(
    subject: Subject, admin: User, how_many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(how_many - 1):
        make_consent(subject, admin, valid_until=TODAY)
    with django_assert_num_queries(1):
        rows = consents_of(subject)
        assert {row.consent.recorded_by.username for row in rows} == {"anna"}
    assert rows[-1].state.standing == ConsentStanding.IN_FORCE
    with django_assert_num_queries(1):
        assert [(row.is_covered, row.until) for row in coverage_of(subject)] == [(True, None)] * 3


def test_coverage_ends_with_the_last_consent_that_covers(subject: Subject, admin: User) -> None:
    subject.consents.all().delete()
    make_consent(subject, admin, valid_until=TODAY + DAY, covers_publish=False)
    make_consent(
        subject, admin, valid_until=TODAY + 9 * DAY, covers_train=False, covers_publish=False
    )
    make_consent(subject, admin, valid_from=TODAY + DAY)
    coverage = {row.act: (row.is_covered, row.until) for row in coverage_of(subject)}
    assert coverage == {
        Act.CURATE: (True, TODAY + 9 * DAY),
        Act.TRAIN: (True, TODAY + DAY),
        Act.PUBLISH: (False, None),
    }


@pytest.mark.parametrize("how_many", [1, 20])
def test_an_admin_is_warned_of_consents_that_end(
    project: Project, admin: User, how_many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_subjects(project, admin, how_many)
    with django_assert_num_queries(1):
        expiring = consents_expiring_soon(admin)
        assert len({consent.subject.project.name for consent in expiring}) == 1
    ends = [consent.valid_until for consent in expiring]
    assert ends == [TODAY + 7 * DAY] * how_many + [TODAY + 14 * DAY] * how_many


def test_nobody_else_is_warned_nor_of_what_needs_no_warning(
    project: Project, subject: Subject, admin: User, organiser: User, stranger: User
) -> None:
    make_consent(subject, admin, valid_until=TODAY + 31 * DAY)
    make_consent(subject, admin, valid_until=TODAY - DAY, valid_from=TODAY - DAY)
    assert not consents_expiring_soon(admin)
    soon = make_consent(subject, admin, valid_until=TODAY)
    assert list(consents_expiring_soon(admin)) == [soon]
    assert not consents_expiring_soon(organiser)
    Membership.objects.filter(user=stranger).update(role=Role.ADMIN)
    assert not consents_expiring_soon(stranger)


def test_the_gate_as_a_condition_agrees_with_the_gate(
    project: Project, subject: Subject, admin: User
) -> None:
    bob = Subject.objects.create(project=project, slug="bob", name="Bob")
    Portrait.objects.create(subject=bob, sha256="0" * 64)
    Portrait.objects.create(subject=subject, sha256="0" * 64)
    assert list(Subject.objects.filter(covered(Act.TRAIN))) == [subject]
    visible = Portrait.objects.filter(covered(Act.CURATE, subject="subject"))
    assert [portrait.subject for portrait in visible] == [subject]
