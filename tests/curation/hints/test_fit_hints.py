"""The machine suspects pictures, learns what a project rejects, and tells how far to believe it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from curation.analysis.analyse_image import analyse_image
from curation.analysis.models import Analysis, Face, StoredSigns
from curation.consensus.settle import settle
from curation.hints import fit_hints as module
from curation.hints.models import FaceOfPortrait, Hint
from curation.hints.reliability import FEWEST
from curation.hints.start_fits import start_fits
from curation.images.models import Image, Measures
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.add_portrait import add_portrait
from curation.subjects.models import Consent, Portrait, Subject
from curation.subjects.remove_portrait import remove_portrait
from curation.subjects.withdraw_consent import withdraw_consent
from curation.vision.hints import HINTS_VERSION
from tests.conftest import DEMO
from tests.stories.analysis import AddPicture, analysis_of
from tests.stories.duplicates import near
from tests.stories.hints import fit, seen, suspected

MakeImage = Callable[..., Image]


def test_real_pictures_are_suspected_for_what_is_wrong_with_them(
    subject: Subject, organiser: User, portrait: Portrait, add_picture: AddPicture
) -> None:
    for number in (2, 3, 4):
        data = (DEMO / "portraits" / f"ada_{number}.jpg").read_bytes()
        add_portrait(subject=subject, data=data, name="ada", actor=organiser)
    wrong = {
        "pair/ada/ada_0016.jpg": "",
        "pair/ada/ada_0019.jpg": "",
        "portraits/bob_1.jpg": "subject_absent",
        **_one_each_of_the_demo(),
    }
    images = {path: add_picture(path) for path in wrong}
    for image in images.values():
        analyse_image(analysis_id=analysis_of(image).pk)

    fitting = fit(subject)

    assert fitting.state == JobState.DONE
    assert (fitting.version, fitting.hints_version) == (1, HINTS_VERSION)
    assert FaceOfPortrait.objects.exclude(descriptor=b"").count() == 4
    for left, top, right, bottom in FaceOfPortrait.objects.values_list(
        "left", "top", "right", "bottom"
    ):
        assert 0 <= left < 0.5 < right <= 1  # they look at the camera from its middle
        assert 0 <= top < bottom < 0.8
    told = {path: Measures.objects.get(image=image).suspected for path, image in images.items()}
    assert told == wrong
    likeness = Measures.objects.values_list("likeness", flat=True)
    bobs = Measures.objects.get(image=images["portraits/bob_1.jpg"]).likeness
    assert bobs == max(each for each in likeness if each is not None)


def _one_each_of_the_demo() -> dict[str, str]:
    return {
        "cleaning/concert/030.JPG": "covered",
        "cleaning/concert/DSC08537.jpg": "other_face",
    }


def test_scores_of_an_image_and_what_grids_are_sorted_by(
    subject: Subject, make_image: MakeImage
) -> None:
    clear, drawing = make_image(), make_image()
    seen(clear)
    seen(drawing, drawn=8)

    fit(subject)

    assert sum(suspected(clear).values()) < 0.2
    assert suspected(drawing)["drawn"] > 0.6
    sorted_by = Measures.objects.get(image=drawing)
    assert sorted_by.suspected == "drawn"
    assert sorted_by.suspicion == pytest.approx(sum(suspected(drawing).values()), abs=1e-3)
    assert Measures.objects.get(image=clear).suspected == ""
    assert not Analysis.objects.exclude(hinted_by=HINTS_VERSION)


def test_the_worse_of_two_nearly_equal_images_is_suspected(
    subject: Subject, make_image: MakeImage
) -> None:
    one, other = make_image(), make_image()
    seen(one)
    seen(other)
    near(one, other)
    fit(subject)
    assert suspected(one)["duplicate"] < 0.1
    assert suspected(other)["duplicate"] > 0.6


def test_a_file_that_says_it_was_generated_is_suspected(
    subject: Subject, make_image: MakeImage
) -> None:
    image = make_image()
    seen(image)
    Image.objects.filter(pk=image.pk).update(says_generated=True)
    fit(subject)
    assert suspected(image)["generated"] > 0.6


def test_a_project_that_keeps_drawings_teaches_it(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    images = [make_image() for _ in range(2 * FEWEST)]
    for image in images:
        seen(image, drawn=4)
    first = fit(subject)
    before = suspected(images[0])["drawn"]
    assert first.num_learnt == 0
    assert first.reliability == []

    for image in images[1::2]:
        settle(image=image, verdict=Verdict.KEEP, reasons=[], actor=organiser)
    second = fit(subject)

    assert second.version == 2
    assert second.num_learnt == FEWEST
    assert suspected(images[0])["drawn"] < before / 2
    ((suspicion, rejected, num),) = [each for each in second.reliability if each[2] >= FEWEST / 2]
    assert rejected == 0
    assert suspicion < 0.5
    assert sum(each[2] for each in second.reliability) == FEWEST
    assert num <= FEWEST


def test_reasons_that_people_name_are_learnt(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    images = [make_image() for _ in range(24)]
    for image in images:
        seen(image, covered=1, blurry=1)
    for image in images[1:]:
        settle(image=image, verdict=Verdict.REJECT, reasons=[Reason.COVERED], actor=organiser)
    fit(subject)
    told = suspected(images[0])
    assert told["covered"] > 0.5 > told["blurry"]


def test_a_stranger_who_was_rejected_often_enough_is_known_again(
    subject: Subject, organiser: User, make_image: MakeImage
) -> None:
    *images, same_face, another_face = [make_image() for _ in range(14)]
    for image in [*images, same_face, another_face]:
        seen(image)
    rejected, kept = images[:6], images[6:]
    face = Face.objects.get(analysis__image=same_face).descriptor
    Face.objects.filter(analysis__image__in=rejected).update(descriptor=face)
    for image in rejected:
        settle(
            image=image, verdict=Verdict.REJECT, reasons=[Reason.SUBJECT_ABSENT], actor=organiser
        )
    for image in kept:
        settle(image=image, verdict=Verdict.KEEP, reasons=[], actor=organiser)
    fit(subject)
    assert suspected(same_face)["subject_absent"] > 0.5 > suspected(another_face)["subject_absent"]


def test_without_consent_nothing_is_suspected(
    subject: Subject, admin: User, make_image: MakeImage
) -> None:
    seen(make_image())
    for consent in Consent.objects.filter(subject=subject):
        withdraw_consent(consent=consent, actor=admin, note="no")
    fitting = fit(subject)
    assert fitting.state == JobState.DONE
    assert fitting.version == 0
    assert not Hint.objects.exists()


def test_what_was_purged_or_is_looked_at_anew_has_no_hints_left(
    subject: Subject, make_image: MakeImage
) -> None:
    kept, purged, anew = make_image(), make_image(), make_image()
    for image in (kept, purged, anew):
        seen(image)
    fit(subject)
    assert Hint.objects.count() == 3

    Image.objects.filter(pk=purged.pk).update(purged_at=timezone.now())
    Analysis.objects.filter(image=anew).update(state=JobState.WAITING)
    fit(subject)

    assert [hint.image for hint in Hint.objects.all()] == [kept]
    told = Measures.objects.filter(suspicion__isnull=False)
    assert [measures.image for measures in told] == [kept]


def test_many_images_are_written_in_parts(
    subject: Subject, make_image: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.hints.keep_scores.AT_ONCE", 2)
    for _ in range(5):
        seen(make_image())
    fit(subject)
    assert Hint.objects.filter(version=1).count() == 5


def test_a_look_without_signs_waits_for_the_next_look(
    subject: Subject, make_image: MakeImage
) -> None:
    seen(make_image())
    StoredSigns.objects.all().delete()
    assert start_fits() == 1
    assert fit(subject).state == JobState.DONE
    assert not Hint.objects.exists()
    assert start_fits() == 0, "there is nothing to be seen in it"


def test_an_image_that_goes_while_hints_are_made_gets_none(
    subject: Subject, make_image: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, going = make_image(), make_image()
    seen(kept)
    seen(going)
    evidence_of = module.evidence_of

    def slowly(*given: Any, **how: Any) -> Any:
        Analysis.objects.filter(image=going).update(state=JobState.WAITING)
        return evidence_of(*given, **how)

    monkeypatch.setattr(module, "evidence_of", slowly)
    fit(subject)
    assert [hint.image for hint in Hint.objects.all()] == [kept]
    assert Measures.objects.get(image=going).suspicion is None


def test_a_portrait_that_went_leaves_no_face_behind(
    subject: Subject, organiser: User, portrait: Portrait, make_image: MakeImage
) -> None:
    seen(make_image())
    fit(subject)
    assert FaceOfPortrait.objects.count() == 1
    remove_portrait(subject=subject, portrait_id=portrait.pk, actor=organiser)
    fit(subject)
    assert not FaceOfPortrait.objects.exists()
