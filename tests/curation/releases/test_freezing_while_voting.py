"""A release is frozen while everybody goes on, and is what a freeze in one moment would give."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
from django.db import connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation import store
from curation.analysis.models import Analysis, Face
from curation.consensus.settle import settle
from curation.consensus.withdraw_ruling import withdraw_ruling
from curation.images.models import Image, Measures
from curation.jobs import JobState
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import ActionLog, Project, User
from curation.projects.remove_member import remove_member
from curation.queue import requeue_abandoned
from curation.releases import draft as drafts
from curation.releases.ask_for_release import ask_for_release
from curation.releases.errors import NothingToRelease
from curation.releases.freeze_release import freeze_release
from curation.releases.manifest import encode
from curation.releases.models import Freezing, FreezingProblem, Release
from curation.releases.run_freezing import run_freezing
from curation.releases.selectors import manifest_of
from curation.releases.tasks import run_freezing_task
from curation.sources.models import Source
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from curation.votes.cast_vote import cast_vote
from curation.votes.models import Vote
from curation.votes.tallies import recount
from tests.stories.batches import crowd, cut, hand_out, items_of
from tests.stories.releases import manifest_now

KeptImage = Callable[..., Image]
Act = Callable[[], object]


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are made one by one, so that a story can go on between any two of them."""
    monkeypatch.setattr(drafts, "AT_ONCE", 1)


def _once(act: Act) -> Act:
    """Does it the first time and nothing after that."""
    left = [act]
    return lambda: left.pop()() if left else None


def _is_as_if_frozen_at_once(release: Release, subject: Subject) -> bool:
    return store.get(release.manifest_sha256) == encode(manifest_now(subject))


def said(image: Image, volunteer: User, verdict: Verdict) -> None:
    """A vote, in place of an earlier one; its version of the manual tells the two apart."""
    vote = Vote.objects.filter(image=image, volunteer=volunteer).first()
    Vote.objects.update_or_create(
        image=image,
        volunteer=volunteer,
        defaults={
            "verdict": verdict,
            "manual_version": vote.manual_version + 1 if vote else 1,
            "cast_at": timezone.now(),
        },
    )
    recount(Image.objects.filter(pk=image.pk))


def kept_by_votes(image: Image) -> list[User]:
    """Who said so: then the picture's line tells of their votes."""
    voters = crowd(image.subject.project, 2)
    for voter in voters:
        said(image, voter, Verdict.KEEP)
    return voters


def taken_back(image: Image) -> None:
    Vote.objects.filter(image=image).delete()
    recount(Image.objects.filter(pk=image.pk))


def looked_at(image: Image) -> None:
    """What a newer version of the machine's eyes makes of a picture: its face is elsewhere."""
    analysis, _ = Analysis.objects.get_or_create(
        image=image, subject=image.subject, defaults={"state": JobState.DONE}
    )
    yaw = float(analysis.faces.count() and analysis.faces.get().yaw + 1)
    analysis.faces.all().delete()
    landmarks = np.random.default_rng(round(yaw)).uniform(0, 40, (68, 2)).astype("<f4")
    Face.objects.create(
        analysis=analysis,
        position=1,
        **dict.fromkeys(("left", "top", "pitch", "roll", "sharpness"), 0.0),
        right=40.0,
        bottom=40.0,
        yaw=yaw,
        landmarks=landmarks.tobytes(),
        descriptor=b"",
    )
    Measures.objects.update_or_create(
        image=image,
        defaults={"subject": image.subject, "number": image.number, "num_faces": 1, "yaw": yaw},
    )


ACTS = (
    *("keep", "reject", "withdraw", "find again", "add", "purge"),
    *("vote", "vote as before", "take back", "look anew", "tell the licence"),
)


@pytest.mark.django_db
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 3)), max_size=6))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_meanwhile_the_bytes_are_those_of_the_last_moment(
    subject: Subject,
    organiser: User,
    kept_image: KeptImage,
    make_image: Callable[..., Image],
    found_in: Callable[[Image, str], None],
    acts: list[tuple[str, int]],
) -> None:
    with transaction.atomic():
        images = [kept_image(), kept_image("scan"), make_image(), make_image()]
        voters = kept_by_votes(images[3])
        steps = iter(acts)

        others: dict[str, Act] = {
            "vote": lambda: said(images[at[0]], organiser, Verdict.UNSURE),
            "vote as before": lambda: said(images[3], voters[0], Verdict.KEEP),
            "take back": lambda: taken_back(images[at[0]]),
            "look anew": lambda: looked_at(images[at[0]]),
            "tell the licence": lambda: Source.objects.update(licence_note=f"{uuid4()}"),
        }
        at = [0]

        def something_happens() -> None:
            what, which = next(steps, ("", 0))
            image = images[which]
            image.refresh_from_db()
            at[0] = which
            others.get(what, lambda: None)()
            match what:
                case "keep" if image.purged_at is None:
                    settle(image=image, verdict=Verdict.KEEP, actor=organiser)
                case "reject" if image.purged_at is None:
                    no = [Reason.DRAWN]
                    settle(image=image, verdict=Verdict.REJECT, reasons=no, actor=organiser)
                case "withdraw":
                    withdraw_ruling(image=image, actor=organiser)
                case "find again":
                    found_in(image, f"later {uuid4()}")
                case "add":
                    kept_image("upload")
                case "purge":
                    Image.objects.filter(pk=image.pk).update(purged_at="2026-01-01T00:00Z")

        try:
            release = freeze_release(subject=subject, actor=organiser, after_some=something_happens)
        except NothingToRelease:
            assert not manifest_now(subject).entries
        else:
            assert _is_as_if_frozen_at_once(release, subject)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_votes_go_on_while_a_release_is_put_together(
    project: Project,
    subject: Subject,
    organiser: User,
    kept_image: KeptImage,
    make_image: Callable[..., Image],
) -> None:
    """The freeze waits in the middle until others have voted: on both databases it holds no lock.

    Before, it held the subject's row (on SQLite the only write lock) from its first line on, and
    this story never came to its end.
    """
    batch = cut(subject, make_image, num=1, by=organiser)
    for _ in range(3):
        kept_image()
    voters = crowd(project, 2)
    hand_out(batch, *voters, by=organiser)
    (item,) = items_of(batch)
    begun, voted = threading.Event(), threading.Event()

    def vote() -> None:
        assert begun.wait(20)
        for person in voters:
            cast_vote(item_id=item.pk, volunteer=person, verdict=Verdict.KEEP, client_key=uuid4())
        voted.set()
        connections.close_all()

    def pause() -> None:
        begun.set()
        assert voted.wait(20), "a vote waited for the freeze"

    voting = threading.Thread(target=vote)
    voting.start()
    release = freeze_release(subject=subject, actor=organiser, after_some=pause)
    voting.join()
    assert release.num_images == 4, "what was kept meanwhile is in"
    assert _is_as_if_frozen_at_once(release, subject)


@pytest.mark.django_db(transaction=True)
def test_two_who_freeze_at_once_get_one_release(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    kept_image()
    kept_image()
    meeting = threading.Barrier(2)
    got: list[Release] = []

    def freeze() -> None:
        meet = _once(lambda: meeting.wait(20))
        got.append(freeze_release(subject=subject, actor=organiser, after_some=meet))
        connections.close_all()

    both = [threading.Thread(target=freeze) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert got[0] == got[1] == Release.objects.get()
    assert ActionLog.objects.filter(action="release.freeze").count() == 1


@pytest.mark.django_db
def test_a_worker_freezes_what_was_asked_for(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    kept_image()
    freezing = ask_for_release(subject=subject, actor=organiser)
    assert ask_for_release(subject=subject, actor=organiser) == freezing
    assert freezing.is_under_way
    run_freezing(freezing_id=freezing.pk)
    freezing.refresh_from_db()
    assert (freezing.state, freezing.problem, freezing.held_by) == (JobState.DONE, "", "")
    assert freezing.release is not None
    assert freezing.release.frozen_by == organiser
    run_freezing(freezing_id=freezing.pk)
    assert Release.objects.count() == 1


@pytest.mark.django_db
def test_asking_is_refused_at_once_where_it_is_clear_that_nothing_can_come_of_it(
    subject: Subject, organiser: User, admin: User, kept_image: KeptImage
) -> None:
    with pytest.raises(NothingToRelease):
        ask_for_release(subject=subject, actor=organiser)
    kept_image()
    withdraw_consent(consent=subject.consents.get(), actor=admin)
    with pytest.raises(ConsentMissing):
        ask_for_release(subject=subject, actor=organiser)
    assert not Freezing.objects.exists()


@pytest.mark.django_db
def test_consent_is_asked_for_at_the_moment_of_freezing(
    subject: Subject, organiser: User, admin: User, kept_image: KeptImage
) -> None:
    kept_image()
    freezing = ask_for_release(subject=subject, actor=organiser)
    withdraw = _once(lambda: withdraw_consent(consent=subject.consents.get(), actor=admin))
    run_freezing(freezing_id=freezing.pk, after_some=withdraw)
    freezing.refresh_from_db()
    assert (freezing.state, freezing.problem) == (JobState.FAILED, "consent_missing")
    assert freezing.sentence == FreezingProblem.CONSENT_MISSING.label
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_whoever_asked_must_still_organise_the_project(
    subject: Subject, organiser: User, admin: User, kept_image: KeptImage
) -> None:
    kept_image()
    freezing = ask_for_release(subject=subject, actor=organiser)
    remove_member(
        project=subject.project, membership_id=organiser.memberships.get().pk, actor=admin
    )
    run_freezing(freezing_id=freezing.pk)
    freezing.refresh_from_db()
    assert freezing.sentence == FreezingProblem.NOT_ALLOWED.label
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_a_worker_that_was_taken_over_adds_nothing(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    kept_image()
    freezing = ask_for_release(subject=subject, actor=organiser)

    def somebody_else_takes_it() -> None:
        Freezing.objects.filter(pk=freezing.pk).update(held_by="somebody/else")

    run_freezing(freezing_id=freezing.pk, after_some=somebody_else_takes_it)
    assert not Release.objects.exists()
    assert Freezing.objects.get().held_by == "somebody/else"


@pytest.mark.django_db
def test_what_a_killed_worker_left_is_frozen_by_the_next(
    subject: Subject, organiser: User, kept_image: KeptImage
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    kept_image()
    freezing = ask_for_release(subject=subject, actor=organiser)
    with pytest.raises(Killed):
        run_freezing(freezing_id=freezing.pk, after_some=die)
    Freezing.objects.update(leased_until="2026-01-01T00:00Z")
    assert requeue_abandoned(Freezing, run_freezing_task) == 1
    run_freezing(freezing_id=freezing.pk)
    assert [entry.number for entry in manifest_of(Release.objects.get()).entries] == [1]
