"""Organisers freeze, look at and take releases; volunteers and strangers do not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from curation import store
from curation.accounts.deactivate import deactivate
from curation.consensus.settle import settle
from curation.errors import NotFound
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import ActionLog, User
from curation.releases import access
from curation.releases.freeze_release import freeze_release
from curation.releases.models import Freezing, Release
from curation.releases.preview import spread
from curation.releases.run_freezing import run_freezing
from curation.releases.selectors import manifest_of
from curation.subjects.access import PicturesHidden
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.stories.pictures import pictures_on
from tests.stories.releases import seen

KeptImage = Callable[..., Image]
LIST = "/projects/fans/subjects/ada/releases/"
ONE = f"{LIST}1/"


@pytest.fixture
def as_organiser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


@pytest.fixture
def release(subject: Subject, organiser: User, kept_image: KeptImage) -> Release:
    kept_image(name="原名.png")
    kept_image("scan")
    return freeze_release(subject=subject, actor=organiser)


def _work() -> None:
    """What a worker does: all that was asked for."""
    for freezing in Freezing.objects.filter(state=JobState.WAITING):
        run_freezing(freezing_id=freezing.pk)


def test_the_page_says_what_freezing_would_give_and_has_it_frozen(
    as_organiser: Client, subject: Subject, kept_image: KeptImage
) -> None:
    assert "No picture is kept yet" in as_organiser.get(LIST).content.decode()
    kept_image("weibo")
    page = as_organiser.get(LIST).content.decode()
    assert "Freeze 1 picture" in page
    page = as_organiser.get(f"{LIST}new/confirm/").content.decode()
    assert "Freeze 1 picture of Ada?" in page
    assert "This is thin" in page
    assert not Freezing.objects.exists()

    answer = as_organiser.post(LIST, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    page = answer.content.decode()
    assert "A release is being frozen" in page
    assert "data-live" in page
    assert "Freeze 1 picture" not in page

    _work()
    page = as_organiser.get(LIST).content.decode()
    assert "Release 1 holds 1 picture." in page
    assert "Release 1 holds these pictures and no others." in page
    assert "data-live" not in page


def test_asking_twice_is_asking_once(
    as_organiser: Client, subject: Subject, kept_image: KeptImage
) -> None:
    kept_image()
    as_organiser.post(LIST)
    as_organiser.post(LIST)
    assert Freezing.objects.count() == 1


def test_what_a_freezing_was_refused_for_is_told_on_the_page(
    as_organiser: Client, subject: Subject, kept_image: KeptImage, organiser: User
) -> None:
    image = kept_image()
    as_organiser.post(LIST)
    settle(image=image, verdict=Verdict.REJECT, reasons=[Reason.DRAWN], actor=organiser)
    _work()
    page = as_organiser.get(LIST).content.decode()
    assert "No image was kept any more, or none fitted the settings" in page


def test_the_page_tells_what_changed_since_the_newest_release(
    as_organiser: Client, release: Release, kept_image: KeptImage
) -> None:
    kept_image()
    page = as_organiser.get(LIST).content.decode()
    assert "Since release 1" in page
    assert "+1" in page


def test_freezing_nothing_is_refused_in_words(as_organiser: Client, subject: Subject) -> None:
    answer = as_organiser.post(LIST, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "No image of Ada is kept yet" in answer.content.decode()


def test_a_release_shows_its_digest_its_table_and_samples(
    as_organiser: Client, release: Release
) -> None:
    page = as_organiser.get(ONE).content.decode()
    assert release.manifest_sha256 in page
    assert "scan" in page
    first = Image.objects.get(subject=release.subject, number=1)
    assert (first.sha256, "thumb.webp") in pictures_on(as_organiser, page)


def test_the_manifest_comes_exactly_as_it_was_frozen(
    as_organiser: Client, release: Release
) -> None:
    answer = as_organiser.get(f"{ONE}manifest.jsonl")
    assert answer.content == store.get(release.manifest_sha256)
    assert "ada-release-1.manifest.jsonl" in answer["Content-Disposition"]


def test_the_zip_is_streamed_and_who_took_it_is_on_record(
    as_organiser: Client, release: Release, organiser: User
) -> None:
    answer = as_organiser.get(f"{ONE}release.zip")
    assert answer.streaming
    assert "ada-release-1.zip" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[arg-type]
        assert "images/00001_原名.png" in archive.namelist()
    assert ActionLog.objects.get(action="release.download").actor == organiser
    page = as_organiser.get(ONE).content.decode()
    assert "<dt>otto</dt>" in page
    assert "without metadata" in page


def test_a_download_that_broke_off_goes_on_where_it_was(
    as_organiser: Client, release: Release, subject: Subject
) -> None:
    path = f"{ONE}release.zip"
    head = as_organiser.head(path)
    answer = as_organiser.get(path)
    whole = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert head["Content-Length"] == answer["Content-Length"] == str(len(whole))
    assert head["Accept-Ranges"] == "bytes"
    rest = {"Range": f"bytes={len(whole) // 2}-", "If-Range": head["ETag"]}
    answer = as_organiser.get(path, headers=rest)
    assert answer.status_code == 206
    got = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert whole[: len(whole) // 2] + got == whole
    line = ActionLog.objects.filter(action="release.download").first()
    assert line is not None
    assert line.details == {"from_byte": len(whole) // 2}
    # The table in it names the subject: under another name it is another zip, and begins anew.
    Subject.objects.filter(pk=subject.pk).update(name="Ada L.")
    answer = as_organiser.get(path, headers=rest)
    assert answer.status_code == 200
    assert answer["ETag"] != head["ETag"]


def test_without_consent_the_list_stays_but_no_picture_leaves(
    as_organiser: Client, release: Release, admin: User
) -> None:
    withdraw_consent(consent=release.subject.consents.get(), actor=admin)
    assert as_organiser.get(f"{ONE}release.zip").status_code == 404
    page = as_organiser.get(ONE).content.decode()
    assert "no consent in force" in page
    assert "thumb.webp" not in page
    assert as_organiser.get(f"{ONE}manifest.jsonl").status_code == 200
    assert not ActionLog.objects.filter(action="release.download").exists()


@pytest.mark.django_db(transaction=True)  # it closes connections, as threads do
@pytest.mark.parametrize("ending", ["consent", "membership", "account"])
def test_a_download_that_takes_long_ends_with_the_right_to_it(
    as_organiser: Client,
    release: Release,
    organiser: User,
    admin: User,
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(access, "SECONDS_BETWEEN_QUESTIONS", 0)
    pieces = as_organiser.get(f"{ONE}release.zip").streaming_content
    next(pieces)  # type: ignore[call-overload]
    if ending == "consent":
        withdraw_consent(consent=release.subject.consents.get(), actor=admin)
    elif ending == "membership":
        organiser.memberships.all().delete()
    else:
        deactivate(person=organiser, actor=admin)
    with pytest.raises((NotFound, PicturesHidden)):
        next(pieces)  # type: ignore[call-overload]


def test_a_release_with_a_purged_image_is_not_exported(
    as_organiser: Client, release: Release
) -> None:
    Image.objects.filter(number=2).update(purged_at=timezone.now())
    assert as_organiser.get(f"{ONE}release.zip").status_code == 409
    page = as_organiser.get(ONE).content.decode()
    assert "1 picture of this release was purged" in page
    second = Image.objects.get(number=2)
    assert pictures_on(as_organiser, page)
    assert (second.sha256, "thumb.webp") not in pictures_on(as_organiser, page)


@pytest.mark.parametrize("address", [LIST, ONE, f"{ONE}manifest.jsonl", f"{ONE}release.zip"])
def test_volunteers_and_strangers_get_nothing(
    client: Client, release: Release, volunteer: User, stranger: User, address: str
) -> None:
    assert client.get(address).status_code == 302
    client.force_login(volunteer)
    assert client.get(address).status_code == 403
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_a_release_that_does_not_exist_is_not_found(as_organiser: Client, subject: Subject) -> None:
    assert as_organiser.get(f"{LIST}9/").status_code == 404


@pytest.fixture
def freeze_another(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> Callable[[int], Release]:
    """Freezes a release with so many images more than the one before."""

    def freeze(num_images: int) -> Release:
        for _ in range(num_images):
            kept_image()
        return freeze_release(subject=subject, actor=organiser)

    return freeze


@pytest.mark.parametrize("num_releases", [1, 20])
def test_the_list_costs_the_same_queries_whatever_its_length(
    as_organiser: Client,
    freeze_another: Callable[[int], Release],
    num_releases: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(num_releases):
        freeze_another(1)
    with django_assert_num_queries(13):  # type: ignore[attr-defined]
        assert as_organiser.get(LIST).status_code == 200


@pytest.mark.parametrize("num_images", [1, 20])
def test_a_release_costs_the_same_queries_whatever_its_size(
    as_organiser: Client,
    freeze_another: Callable[[int], Release],
    num_images: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    freeze_another(num_images)
    with django_assert_num_queries(12):  # type: ignore[attr-defined]
        assert as_organiser.get(ONE).status_code == 200


def test_samples_are_spread_from_the_first_to_the_last() -> None:
    assert spread(range(1, 101), 4) == [1, 34, 67, 100]
    assert spread((3, 8), 24) == [3, 8]
    assert spread((3, 8), 2) == [3, 8]


def test_the_builder_says_what_goes_in_and_why_the_rest_stays_out(
    as_organiser: Client, subject: Subject, kept_image: KeptImage
) -> None:
    for n in range(8):
        seen(kept_image(), yaw=0, face_size=100.0 if n < 3 else 300.0)
    page = as_organiser.get(f"{LIST}new/?face_size=128&budget=4&seed=7").content.decode()
    assert "of 8 kept" in page
    assert "3 · the face is too small" in page
    assert "1 · more fit than you want" in page
    assert f"{LIST}new/confirm/?budget=4&amp;face_size=128&amp;seed=7" in page
    assert "Ensure this value" in as_organiser.get(f"{LIST}new/?budget=0").content.decode()


def test_what_was_confirmed_is_what_is_frozen(
    as_organiser: Client, subject: Subject, kept_image: KeptImage
) -> None:
    for _ in range(20):
        seen(kept_image(), yaw=0)
    settings = {"budget": "15", "balance": "on", "held_out": "20", "seed": "3"}
    page = as_organiser.get(f"{LIST}new/confirm/", settings).content.decode()
    assert "Freeze 15 pictures of Ada?" in page
    assert "at most 15 · balanced" in page
    assert '<input type="hidden" name="budget" value="15">' in page
    as_organiser.post(LIST, settings)
    _work()
    release = Release.objects.get()
    manifest = manifest_of(release)
    assert (len(manifest.entries), manifest.num_held_out) == (15, 3)
    page = as_organiser.get(ONE).content.decode()
    assert "20% held out" in page
    assert "seed 3" in page

    as_organiser.post(LIST, settings)
    _work()
    assert Release.objects.get() == release, "the same state, settings and seed, the same release"
    as_organiser.post(LIST, {})
    _work()
    page = as_organiser.get(f"{LIST}2/?against=1").content.decode()
    assert "Beside release 1" in page
    assert "+5" in page


def test_settings_that_no_form_gives_freeze_nothing(
    as_organiser: Client, subject: Subject, kept_image: KeptImage
) -> None:
    kept_image()
    assert as_organiser.post(LIST, {"held_out": "99"}).status_code == 302
    assert as_organiser.get(f"{LIST}new/confirm/?seed=x").status_code == 302
    assert not Freezing.objects.exists()


@pytest.mark.parametrize("num_images", [1, 20])
def test_the_builder_costs_the_same_queries_whatever_the_size_of_the_set(
    as_organiser: Client,
    subject: Subject,
    kept_image: KeptImage,
    num_images: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(num_images):
        seen(kept_image(), yaw=0)
    with django_assert_num_queries(16):  # type: ignore[attr-defined]
        assert as_organiser.get(f"{LIST}new/").status_code == 200
