"""A subject's kept images are frozen under a number, and what is frozen never changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import numpy as np
import pytest
from django.utils import timezone

from curation import store
from curation.analysis.models import Analysis, Face
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import ActionLog, User
from curation.releases.candidate import candidate_of
from curation.releases.errors import NothingToRelease
from curation.releases.facts import Change
from curation.releases.freeze_release import freeze_release
from curation.releases.manifest import digest_of
from curation.releases.models import Release
from curation.releases.selectors import manifest_of
from curation.releases.stored_facts import facts_of
from curation.sources.models import Source
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from curation.vision.alignment import MEAN_FACE
from curation.votes.models import Vote

KeptImage = Callable[..., Image]


def test_a_release_holds_exactly_the_kept_images(
    subject: Subject, organiser: User, kept_image: KeptImage, make_image: Callable[..., Image]
) -> None:
    first, rejected, third = kept_image(name="原名.jpg"), make_image(), kept_image("scan", "weibo")
    settle(image=rejected, verdict=Verdict.REJECT, reasons=[Reason.BLURRY], actor=organiser)
    make_image()  # nobody has judged this one

    release = freeze_release(subject=subject, actor=organiser)

    assert (release.number, release.num_images, release.frozen_by) == (1, 2, organiser)
    entries = manifest_of(release).entries
    assert [entry.number for entry in entries] == [first.number, third.number]
    assert entries[0].file == "00001_原名.png", "as its bytes are, whatever its name says"
    assert entries[0].sha256 == first.sha256
    assert entries[1].sources == ("scan", "weibo")
    assert digest_of(store.get(release.manifest_sha256)) == release.manifest_sha256
    logged = ActionLog.objects.get(action="release.freeze")
    assert logged.actor == organiser
    assert logged.details["manifest_sha256"] == release.manifest_sha256


def test_freezing_the_same_state_again_gives_the_same_release(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    kept_image()
    first = freeze_release(subject=subject, actor=organiser)
    assert freeze_release(subject=subject, actor=organiser) == first
    assert Release.objects.count() == 1
    assert ActionLog.objects.filter(action="release.freeze").count() == 1


def test_a_changed_set_gets_the_next_number_and_the_old_one_stays(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    image = kept_image()
    first = freeze_release(subject=subject, actor=organiser)
    before = store.get(first.manifest_sha256)
    kept_image()
    second = freeze_release(subject=subject, actor=organiser)
    assert (second.number, second.num_images) == (2, 2)
    assert store.get(first.manifest_sha256) == before

    # Back to the first state: that set is there already, under its old number.
    newcomer = Image.objects.exclude(pk=image.pk).get()
    settle(image=newcomer, verdict=Verdict.REJECT, reasons=[Reason.DRAWN], actor=organiser)
    assert freeze_release(subject=subject, actor=organiser) == first


def test_an_empty_set_is_refused(subject: Subject, organiser: User) -> None:
    with pytest.raises(NothingToRelease):
        freeze_release(subject=subject, actor=organiser)
    assert not Release.objects.exists()


def test_without_consent_nothing_is_frozen(
    subject: Subject, organiser: User, admin: User, kept_image: KeptImage
) -> None:
    kept_image()
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    with pytest.raises(ConsentMissing):
        freeze_release(subject=subject, actor=organiser)
    assert not Release.objects.exists()


def test_the_candidate_tells_what_freezing_would_change(
    subject: Subject, organiser: User, kept_image: KeptImage, found_in: Callable[[Image, str], None]
) -> None:
    image = kept_image()
    assert candidate_of(subject).newest is None
    release = freeze_release(subject=subject, actor=organiser)
    assert candidate_of(subject).is_the_same

    found_in(image, "scan")
    kept_image()
    candidate = candidate_of(subject)
    assert (candidate.newest, candidate.num_images, candidate.is_the_same) == (release, 2, False)
    assert candidate.since_newest == Change(
        number=1, num_added=1, num_removed=0, num_changed=0, rule_changed=False, removed=()
    )
    second = facts_of(freeze_release(subject=subject, actor=organiser))
    assert second.since == Change(
        number=1, num_added=1, num_removed=0, num_changed=1, rule_changed=False, removed=()
    )


@pytest.mark.parametrize("num_images", [1, 20])
def test_the_candidate_costs_the_same_queries_whatever_its_size(
    subject: Subject,
    kept_image: KeptImage,
    num_images: int,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(num_images):
        kept_image("weibo", "scan")
    subject = Subject.objects.select_related("project").get(pk=subject.pk)
    freeze_release(subject=subject, actor=None)
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        assert candidate_of(subject).num_images == num_images


def test_the_same_story_has_the_same_lines_on_every_database(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    image = kept_image("weibo", "scan", name="原名.jpg")
    Source.objects.filter(label="scan").update(licence_note="CC BY 4.0")
    landmarks = np.arange(136, dtype="<f4").reshape(68, 2)
    landmarks[17:] = (MEAN_FACE * 90 + (300.25, 120.5)).astype("<f4")
    analysis = Analysis.objects.create(image=image, subject=subject, state=JobState.DONE)
    Face.objects.create(
        analysis=analysis,
        position=1,
        left=290.04,
        top=100.0,
        right=402.0,
        bottom=250.96,
        landmarks=landmarks.tobytes(),
        descriptor=b"",
        yaw=-12.34,
        pitch=0.04,
        roll=-0.04,
        sharpness=0.3,
    )
    Vote.objects.create(
        image=image,
        volunteer=organiser,
        verdict=Verdict.KEEP,
        manual_version=1,
        cast_at=timezone.now(),
    )
    release = freeze_release(subject=subject, actor=organiser)
    _header, line, _end = store.get(release.manifest_sha256).decode().split("\n")
    digests_blanked = re.sub(r'(sha256|bytes)":("\w{64}"|\d+)', r'\1":0', line)
    assert digests_blanked == (
        '{"bytes":0,"decided":{"is_ruling":true,"keep":0,"reject":0,"unsure":0,"votes_sha256":0},'
        '"face":{"box":[290,100,402,251],"pitch":0,"roll":0,"side":90,"turn":0,'
        '"x":345.2,"y":165.5,"yaw":-12.3},'
        '"file":"00001_原名.png","file_bytes":0,"file_sha256":0,"height":40,"name":"原名.jpg",'
        '"number":1,"places":[{"licence":"CC BY 4.0","path":"scan/原名.jpg","source":"scan"},'
        '{"path":"weibo/原名.jpg","source":"weibo"}],'
        '"sha256":0,"sources":["scan","weibo"],"width":48}'
    )
    # Settled by an organiser: nothing is told of the vote.
    assert hashlib.sha256(b"[]\n").hexdigest() in line
