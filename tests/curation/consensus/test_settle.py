"""An organiser's last word: who may have it, and what is on record of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from curation.consensus.models import Ruling
from curation.consensus.settle import settle
from curation.consensus.settle_many import settle_many
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.errors import InvalidInput, NotAllowed, NotFound
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.used_reasons import ReasonNotUsed
from curation.manual.verdicts import ReasonRequired, Verdict
from curation.projects.models import ActionLog, Project, User
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent
from tests.stories.manual import without

KEEP, REJECT = Verdict.KEEP, Verdict.REJECT


@pytest.fixture
def image(make_image: Callable[..., Image]) -> Image:
    return make_image()


def test_a_ruling_replaces_the_one_before_and_the_log_keeps_both(
    image: Image, organiser: User, admin: User
) -> None:
    settle(image=image, verdict=KEEP, note=" sharp enough ", actor=organiser)
    settle(image=image, verdict=REJECT, reasons=[Reason.REPHOTO], actor=admin)
    ruling = Ruling.objects.get()
    assert (ruling.verdict, ruling.reasons, ruling.ruled_by) == ("reject", [Reason.REPHOTO], admin)
    first, second = ActionLog.objects.filter(action="image.settle").order_by("id")
    assert (first.actor, first.details["verdict"], first.details["note"]) == (
        organiser,
        "keep",
        "sharp enough",
    )
    assert (second.actor, second.details["before"]) == (admin, "keep")


def test_a_withdrawn_ruling_stays_on_record(image: Image, organiser: User) -> None:
    settle(image=image, verdict=KEEP, actor=organiser)
    withdraw_ruling(image=image, actor=organiser)
    withdraw_ruling(image=image, actor=organiser)
    assert not Ruling.objects.exists()
    assert ActionLog.objects.filter(action="image.withdraw_ruling").count() == 1


def test_a_reason_that_the_manual_does_not_use_is_refused_by_its_name_with_the_cure(
    image: Image, project: Project, organiser: User
) -> None:
    now = without(Reason.DRAWN, project, organiser)
    with pytest.raises(ReasonNotUsed, match="put it back into the manual") as refusal:
        settle(image=image, verdict=REJECT, reasons=[Reason.DRAWN], actor=organiser)
    assert refusal.value.context == {"reason": "drawn", "manual": now}
    of_all = Image.objects.all()
    with pytest.raises(ReasonNotUsed):
        settle_many(
            subject=image.subject,
            images=of_all,
            verdict=REJECT,
            reasons=[Reason.DRAWN],
            actor=organiser,
        )
    assert not Ruling.objects.exists()
    settle(image=image, verdict=REJECT, reasons=[Reason.BLURRY], actor=organiser)


def test_an_old_ruling_may_keep_it_and_one_that_is_undone_may_come_back(
    make_image: Callable[..., Image], project: Project, organiser: User
) -> None:
    old, new = make_image(), make_image()
    drawn = partial(settle, verdict=REJECT, reasons=[Reason.DRAWN], actor=organiser)
    drawn(image=old)
    without(Reason.DRAWN, project, organiser)
    assert drawn(image=old, note="by hand").note == "by hand"
    many = partial(settle_many, subject=old.subject, verdict=REJECT, reasons=[Reason.DRAWN])
    assert many(images=Image.objects.filter(pk=old.pk), actor=organiser) == 1
    with pytest.raises(ReasonNotUsed):
        many(images=Image.objects.filter(pk__in=[old.pk, new.pk]), actor=organiser)
    settle(image=old, verdict=KEEP, actor=organiser)
    with pytest.raises(ReasonNotUsed):
        drawn(image=old)
    assert drawn(image=old, is_put_back=True).reasons == [Reason.DRAWN]


def test_only_organisers_settle(image: Image, volunteer: User, stranger: User) -> None:
    with pytest.raises(NotAllowed):
        settle(image=image, verdict=KEEP, actor=volunteer)
    with pytest.raises(NotFound):
        settle(image=image, verdict=KEEP, actor=stranger)
    with pytest.raises(NotAllowed):
        withdraw_ruling(image=image, actor=volunteer)


def test_a_ruling_keeps_or_rejects_and_only_a_rejection_has_reasons(
    image: Image, organiser: User
) -> None:
    with pytest.raises(ReasonRequired):
        settle(image=image, verdict=REJECT, actor=organiser)
    with pytest.raises(InvalidInput):
        settle(image=image, verdict=KEEP, reasons=[Reason.BLURRY], actor=organiser)
    with pytest.raises(InvalidInput):
        settle(image=image, verdict=Verdict.UNSURE, actor=organiser)
    assert not Ruling.objects.exists()
    for verdict, codes in (("reject", ""), ("keep", "blurry"), ("unsure", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ruling.objects.create(
                image=image,
                verdict=verdict,
                reason_codes=codes,
                ruled_by=organiser,
                ruled_at=timezone.now(),
            )


def test_nothing_is_settled_without_consent_or_bytes(image: Image, organiser: User) -> None:
    Consent.objects.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        settle(image=image, verdict=KEEP, actor=organiser)
    Consent.objects.update(covers_curate=True)
    Image.objects.update(purged_at=timezone.now())
    with pytest.raises(NotFound):
        settle(image=image, verdict=KEEP, actor=organiser)
