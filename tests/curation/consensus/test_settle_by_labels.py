"""An organiser settles by what another tool said, and answers for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curation.consensus.models import Ruling
from curation.consensus.settle import settle
from curation.consensus.settle_by_labels import SettledByLabels, settle_by_labels
from curation.errors import NotAllowed
from curation.images.models import Image
from curation.labels.models import SaidElsewhere
from curation.manual.reasons import Reason
from curation.projects.models import ActionLog, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.batches import KEEP, REJECT


@pytest.fixture
def images(subject: Subject, make_image: Callable[..., Image]) -> list[Image]:
    """Said to be kept, blurry, and to be rejected for no reason; and one of which nothing is."""
    images = [make_image(of=subject) for _ in range(4)]
    said = [("keep", []), ("reject", ["blurry"]), ("reject", [])]
    for image, (verdict, reasons) in zip(images, said, strict=False):
        SaidElsewhere.objects.create(image=image, export="t.csv", verdict=verdict, reasons=reasons)
    return images


def rulings() -> dict[int, tuple[str, str]]:
    rows = Ruling.objects.values_list("image__number", "verdict", "reason_codes")
    return {number: (verdict, codes) for number, verdict, codes in rows}


def test_what_is_said_is_settled_and_what_is_not_is_left(
    images: list[Image], subject: Subject, organiser: User
) -> None:
    done = settle_by_labels(subject=subject, export="t.csv", actor=organiser)
    assert done == SettledByLabels(kept=1, rejected=1, without_reason=1, settled_before=0)
    assert rulings() == {1: ("keep", ""), 2: ("reject", "blurry")}
    assert {ruling.ruled_by for ruling in Ruling.objects.all()} == {organiser}
    assert ActionLog.objects.filter(action="image.settle_many", actor=organiser).count() == 2
    again = settle_by_labels(
        subject=subject, export="t.csv", reason=Reason.COVERED, actor=organiser
    )
    assert again == SettledByLabels(kept=0, rejected=1, without_reason=0, settled_before=2)
    assert rulings()[3] == ("reject", "covered")


def test_an_organisers_word_stands_against_another_tools(
    images: list[Image], subject: Subject, organiser: User
) -> None:
    settle(image=images[0], verdict=REJECT, reasons=[Reason.DRAWN], actor=organiser)
    settle(image=images[1], verdict=KEEP, actor=organiser)
    settle_by_labels(subject=subject, export="t.csv", actor=organiser)
    assert rulings() == {1: ("reject", "drawn"), 2: ("keep", "")}


def test_of_another_export_and_of_purged_pictures_nothing_is_settled(
    images: list[Image], subject: Subject, organiser: User
) -> None:
    done = settle_by_labels(subject=subject, export="other.csv", actor=organiser)
    assert done == SettledByLabels(kept=0, rejected=0, without_reason=0, settled_before=0)
    assert rulings() == {}


def test_volunteers_settle_nothing_and_nobody_without_consent(
    images: list[Image], subject: Subject, volunteer: User, organiser: User, admin: User
) -> None:
    with pytest.raises(NotAllowed):
        settle_by_labels(subject=subject, export="t.csv", actor=volunteer)
    withdraw_consent(consent=subject.consents.get(), note="asked for it", actor=admin)
    with pytest.raises(ConsentMissing):
        settle_by_labels(subject=subject, export="t.csv", actor=organiser)
    assert rulings() == {}
