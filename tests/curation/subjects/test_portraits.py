"""Portraits: from any upload to a small clean copy that only members see."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Picture

from curation import store
from curation.errors import NotAllowed, NotFound
from curation.projects.models import ActionLog, User
from curation.subjects.add_portrait import add_portrait
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Consent, Portrait, Subject
from curation.subjects.remove_portrait import remove_portrait
from curation.subjects.served_copy import UnusablePicture
from tests.conftest import DEMO, picture_bytes
from tests.stories.hostile_files import HOSTILE, SCRIPT, located_photo, webp_that_claims


def test_a_portrait_is_kept_small_and_as_webp(portrait: Portrait, subject: Subject) -> None:
    picture = Picture.open(BytesIO(store.get(portrait.sha256)))
    assert picture.format == "WEBP"
    assert picture.size == (720, 900), "never made larger than it came"
    assert ActionLog.objects.get(action="subject.add_portrait").target == "Ada"


def test_a_large_one_is_made_smaller(subject: Subject, organiser: User) -> None:
    data = picture_bytes(3, size=(3000, 1500), format="JPEG")
    portrait = add_portrait(subject=subject, data=data, name="big.jpg", actor=organiser)
    assert Picture.open(BytesIO(store.get(portrait.sha256))).size == (1024, 512)


def test_the_served_copy_tells_nothing_but_the_picture(subject: Subject, organiser: User) -> None:
    portrait = add_portrait(subject=subject, data=located_photo(), name="home.jpg", actor=organiser)
    served = store.get(portrait.sha256)
    picture = Picture.open(BytesIO(served))
    assert picture.size == (480, 640), "upright by its EXIF tag"
    assert not picture.getexif()
    assert SCRIPT not in served
    assert b"taken at home" not in served


def test_the_same_portrait_twice_is_one(
    portrait: Portrait, subject: Subject, organiser: User
) -> None:
    data = (DEMO / "portraits" / "ada_1.jpg").read_bytes()
    again = add_portrait(subject=subject, data=data, name="copy.jpg", actor=organiser)
    assert again == portrait
    assert ActionLog.objects.filter(action="subject.add_portrait").count() == 1


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_still_picture_is_refused(subject: Subject, organiser: User, kind: str) -> None:
    with pytest.raises(UnusablePicture):
        add_portrait(subject=subject, data=HOSTILE[kind], name="x.jpg", actor=organiser)
    assert not Portrait.objects.exists()


def most_megabytes() -> int:
    """The most memory that this process held since it was last asked to forget."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    raise AssertionError("no VmHWM")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for its memory")
def test_a_portrait_of_64_megapixels_costs_its_memory_elsewhere(
    subject: Subject, organiser: User
) -> None:
    buffer = BytesIO()
    Picture.new("L", (8000, 8000)).save(buffer, "PNG")
    forget = Path("/proc/self/clear_refs")
    forget.write_text("5")
    before = most_megabytes()

    add_portrait(subject=subject, data=buffer.getvalue(), name="x.png", actor=organiser)

    assert most_megabytes() - before < 50


def test_a_refused_portrait_says_why_with_its_numbers(subject: Subject, organiser: User) -> None:
    data = webp_that_claims(16_383, 16_383)
    with pytest.raises(
        UnusablePicture, match="16383 × 16383 is more than 64 megapixels"
    ) as refusal:
        add_portrait(subject=subject, data=data, name="x.webp", actor=organiser)
    assert str(refusal.value).startswith(
        "“x.webp” cannot be used. The picture has too many pixels."
    )


def test_a_file_beyond_the_limit_is_refused_unread(subject: Subject, organiser: User) -> None:
    with pytest.raises(UnusablePicture, match="larger than 20 MB"):
        add_portrait(subject=subject, data=bytes(20 * 2**20 + 1), name="x", actor=organiser)


def test_none_is_taken_in_without_consent(subject: Subject, organiser: User) -> None:
    Consent.objects.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        add_portrait(subject=subject, data=picture_bytes(), name="a.png", actor=organiser)
    assert not Portrait.objects.exists()


def test_volunteers_look_but_do_not_touch(
    portrait: Portrait, subject: Subject, volunteer: User
) -> None:
    with pytest.raises(NotAllowed):
        remove_portrait(subject=subject, portrait_id=portrait.pk, actor=volunteer)
    with pytest.raises(NotAllowed):
        add_portrait(subject=subject, data=picture_bytes(), name="a.png", actor=volunteer)


def test_a_removed_portrait_is_gone(portrait: Portrait, subject: Subject, organiser: User) -> None:
    remove_portrait(subject=subject, portrait_id=portrait.pk, actor=organiser)
    assert not Portrait.objects.exists()
    assert ActionLog.objects.get(action="subject.remove_portrait").details["sha256"]
    with pytest.raises(NotFound):
        remove_portrait(subject=subject, portrait_id=portrait.pk, actor=organiser)
