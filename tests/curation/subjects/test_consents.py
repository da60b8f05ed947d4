"""Consent: put on record by admins with its evidence, never edited, withdrawn at once."""

from __future__ import annotations

import datetime as dt

import pytest

from curation import store
from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.projects.models import ActionLog, User
from curation.subjects.consent_state import ConsentStanding, ConsentState, state_of
from curation.subjects.evidence import UnusableEvidence
from curation.subjects.gate import ConsentMissing, is_covered, require_consent
from curation.subjects.models import Act, Consent, Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import make_consent, picture_bytes
from tests.stories.hostile_files import jpeg_of_many_scans, png_that_claims
from tests.stories.subjects import DAY, TODAY, record


def test_a_consent_opens_the_gate_for_what_it_covers(bob: Subject, admin: User) -> None:
    assert not is_covered(bob, Act.CURATE)
    consent = record(bob, admin)
    assert consent.acts == [Act.CURATE, Act.TRAIN]
    require_consent(bob, Act.TRAIN)
    with pytest.raises(ConsentMissing, match="publish"):
        require_consent(bob, Act.PUBLISH)
    entry = ActionLog.objects.get(action="consent.record")
    assert entry.actor == admin
    assert entry.details["acts"] == ["curate", "train"]
    assert entry.details["evidence_sha256"] == consent.evidence_sha256
    assert store.get(consent.evidence_sha256) == b"%PDF-1.7 signed"


def test_only_admins_record_and_withdraw(
    bob: Subject, admin: User, organiser: User, stranger: User
) -> None:
    with pytest.raises(NotAllowed):
        record(bob, organiser)
    with pytest.raises(NotFound):
        record(bob, stranger)
    consent = record(bob, admin)
    with pytest.raises(NotAllowed):
        withdraw_consent(consent=consent, actor=organiser)
    assert is_covered(bob, Act.CURATE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"acts": []},
        {"signed_by": "  "},
        {"valid_until": TODAY - DAY, "valid_from": TODAY - 9 * DAY},
        {"valid_until": TODAY, "valid_from": TODAY + DAY},
    ],
)
def test_what_makes_no_sense_is_refused(
    bob: Subject, admin: User, wrong: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        record(bob, admin, **wrong)
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("content", "given", "kept"),
    [
        (b"%PDF-1.4 text", "release.pdf", "release.pdf"),
        (b"%PDF-1.4 text", "release.html", "release.html.pdf"),
        (picture_bytes(format="JPEG"), "IMG 1.JPEG", "IMG 1.JPEG"),
        (picture_bytes(format="PNG"), "IMG 1.jpg", "IMG 1.jpg.png"),
        ("我同意。\r\n".encode(), "说明.txt", "说明.txt"),
        ("我同意。".encode("gb18030"), "C:\\桌面\\说明.txt", "说明.txt"),
        (b"<script>alert(1)</script>", "../../x.html", "x.html.txt"),
        (b"I agree", "", "evidence.txt"),
        (b"I agree", "a\n\x00\u202eb.txt", "ab.txt"),
    ],
)
def test_evidence_is_what_it_contains(
    bob: Subject, admin: User, content: bytes, given: str, kept: str
) -> None:
    consent = record(bob, admin, evidence=content, evidence_name=given)
    assert consent.evidence_name == kept
    assert store.get(consent.evidence_sha256) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        picture_bytes(format="WEBP"),
        picture_bytes(4, size=(200, 200), format="JPEG")[:2000],
        b"%PDF-" + bytes(10 * 2**20),
        bytes(range(256)),
    ],
    ids=["empty", "program", "zip", "webp", "cut off", "too large", "binary"],
)
def test_other_evidence_is_refused(bob: Subject, admin: User, content: bytes) -> None:
    with pytest.raises(UnusableEvidence):
        record(bob, admin, evidence=content, evidence_name="release.pdf")
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (jpeg_of_many_scans(400), "too_many_scans"),
        (png_that_claims(99_999_999, 1), "too_long"),
        (picture_bytes(4, size=(200, 200), format="JPEG")[:2000], "truncated"),
    ],
)
def test_a_picture_that_cannot_be_evidence_is_told_why(
    bob: Subject, admin: User, content: bytes, reason: str
) -> None:
    with pytest.raises(UnusableEvidence, match=r"release\.jpg") as refusal:
        record(bob, admin, evidence=content, evidence_name="release.jpg")
    assert refusal.value.context["reason"] == reason


@pytest.mark.parametrize(
    ("span", "withdrawn", "state"),
    [
        ((-1, None), False, ConsentState(ConsentStanding.IN_FORCE)),
        ((0, 31), False, ConsentState(ConsentStanding.IN_FORCE)),
        ((-9, 30), False, ConsentState(ConsentStanding.EXPIRING, 30)),
        ((0, 0), False, ConsentState(ConsentStanding.EXPIRING, 0)),
        ((-9, -1), False, ConsentState(ConsentStanding.EXPIRED)),
        ((1, 9), False, ConsentState(ConsentStanding.NOT_YET)),
        ((-9, 9), True, ConsentState(ConsentStanding.WITHDRAWN)),
        ((-9, -1), True, ConsentState(ConsentStanding.WITHDRAWN)),
        ((1, None), True, ConsentState(ConsentStanding.WITHDRAWN)),
    ],
)
def test_how_a_consent_stands_and_that_the_gate_agrees(
    bob: Subject,
    admin: User,
    span: tuple[int, int | None],
    withdrawn: bool,  # noqa: FBT001, pytest passes it by name
    state: ConsentState,
) -> None:
    first, last = span
    consent = make_consent(
        bob,
        admin,
        valid_from=TODAY + first * DAY,
        valid_until=None if last is None else TODAY + last * DAY,
        **({"withdrawn_at": dt.datetime.now(dt.UTC), "withdrawn_by": admin} if withdrawn else {}),
    )
    assert state_of(consent, TODAY) == state
    assert is_covered(bob, Act.CURATE) == state.holds


def test_a_withdrawal_is_at_once_and_on_record(bob: Subject, admin: User) -> None:
    consent = record(bob, admin)
    withdraw_consent(consent=consent, note="He changed his mind.", actor=admin)
    with pytest.raises(ConsentMissing):
        require_consent(bob, Act.CURATE)
    consent.refresh_from_db()
    assert consent.withdrawn_by == admin
    assert consent.withdrawal_note == "He changed his mind."
    entry = ActionLog.objects.get(action="consent.withdraw")
    assert entry.target == f"bob / consent {consent.pk}"
    assert entry.details["note"] == "He changed his mind."


def test_withdrawing_again_changes_nothing(bob: Subject, admin: User) -> None:
    consent = record(bob, admin)
    first = withdraw_consent(consent=consent, note="first", actor=admin)
    again = withdraw_consent(consent=consent, note="second", actor=admin)
    assert again.withdrawn_at == first.withdrawn_at
    assert again.withdrawal_note == "first"
    assert ActionLog.objects.filter(action="consent.withdraw").count() == 1


def test_another_consent_still_covers(bob: Subject, admin: User) -> None:
    old = record(bob, admin)
    record(bob, admin, acts=[Act.CURATE])
    withdraw_consent(consent=old, actor=admin)
    assert is_covered(bob, Act.CURATE)
    assert not is_covered(bob, Act.TRAIN)
