"""Subjects with and without consent, portraits and look-alikes."""

from __future__ import annotations

import datetime as dt

import pytest

from curation.projects.models import Project, User
from curation.subjects.add_portrait import add_portrait
from curation.subjects.models import Act, Basis, Consent, LookAlike, Portrait, Subject
from curation.subjects.record_consent import record_consent
from tests.conftest import DEMO, make_consent

TODAY = dt.datetime.now(dt.UTC).date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def bob(project: Project) -> Subject:
    """Somebody nothing is on record for yet."""
    return Subject.objects.create(project=project, slug="bob", name="Bob")


def record(subject: Subject, actor: User, **changed: object) -> Consent:
    """A consent to curate and train, unless `changed` says otherwise."""
    given: dict[str, object] = {
        "basis": Basis.WRITTEN_RELEASE,
        "acts": [Act.CURATE, Act.TRAIN],
        "signed_by": "Bob himself",
        "evidence": b"%PDF-1.7 signed",
        "evidence_name": "同意书.pdf",
        "valid_from": TODAY,
        "valid_until": TODAY + 365 * DAY,
    }
    return record_consent(subject=subject, actor=actor, **(given | changed))  # type: ignore[arg-type]


@pytest.fixture
def portrait(subject: Subject, organiser: User) -> Portrait:
    data = (DEMO / "portraits" / "ada_1.jpg").read_bytes()
    return add_portrait(subject=subject, data=data, name="ada_1.jpg", actor=organiser)


def make_subjects(project: Project, admin: User, how_many: int) -> list[Subject]:
    """Subjects with two portraits, two look-alikes and two consents each."""
    subjects = []
    for number in range(how_many):
        subject = Subject.objects.create(project=project, slug=f"s{number}", name=f"S {number:02}")
        for each in range(2):
            Portrait.objects.create(subject=subject, sha256=f"{each}" * 64)
            LookAlike.objects.create(subject=subject, name="E", how_to_tell="x")
            make_consent(subject, admin, valid_until=TODAY + (each + 1) * 7 * DAY)
        subjects.append(subject)
    return subjects
