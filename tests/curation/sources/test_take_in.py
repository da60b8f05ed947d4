"""Pictures come in: numbered once, kept once, with every place they were found at."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import timezone
from PIL import Image as Picture

from curation import store
from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.sources import run_import as run_import_module
from curation.sources.models import ImportRun, Provenance, Source, SourceKind
from curation.sources.problem_codes import ProblemCode
from curation.sources.run_import import ImportProgress
from curation.sources.selectors import import_report
from curation.sources.start_import import import_now
from curation.subjects.gate import ConsentMissing
from curation.subjects.models import Subject
from tests.conftest import DEMO, make_consent, picture_bytes
from tests.stories.sources import bring_in_now, write_pictures


def numbers_and_names(subject: Subject) -> list[tuple[int, str]]:
    return list(Image.objects.filter(subject=subject).values_list("number", "name"))


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    report = import_report(run)
    assert report.accounted == report.found
    return report.new, report.same, report.known, report.num_left_out + report.num_refused


def test_pictures_are_numbered_in_the_order_people_list_them(
    weibo: Source, subject: Subject, given: Path
) -> None:
    folder = write_pictures(given, {"自拍 10 修图.JPG": 1, "自拍 9 修图.JPG": 2, "a/b c.png": 3})

    run = bring_in_now(weibo, folder)

    assert numbers_and_names(subject) == [
        (1, "b c.png"),
        (2, "自拍 9 修图.JPG"),
        (3, "自拍 10 修图.JPG"),
    ]
    assert run.state == JobState.DONE
    assert counts(run) == (3, 0, 0, 0)
    first = Image.objects.get(subject=subject, number=1)
    assert (first.width, first.height, first.format) == (48, 40, "PNG")
    assert store.get(first.sha256) == picture_bytes(3)
    assert first.size_bytes == len(picture_bytes(3))
    assert [place.path for place in first.provenances.all()] == ["a/b c.png"]


def test_bringing_the_same_folder_in_again_adds_nothing(
    weibo: Source, subject: Subject, given: Path
) -> None:
    folder = write_pictures(given, {"1.png": 1, "2.png": 2})
    bring_in_now(weibo, folder)
    again = bring_in_now(weibo, folder)
    assert counts(again) == (0, 0, 2, 0)
    assert Image.objects.count() == Provenance.objects.count() == 2


def test_the_same_bytes_twice_give_one_number_and_two_places(
    weibo: Source, scan: Source, subject: Subject, given: Path
) -> None:
    bring_in_now(weibo, write_pictures(given / "w", {"1.png": 1, "copy of 1.png": 1}))
    run = bring_in_now(scan, write_pictures(given / "s", {"1.png": 1, "new.png": 2}))

    assert numbers_and_names(subject) == [(1, "1.png"), (2, "new.png")]
    assert counts(run) == (1, 1, 0, 0)
    places = Image.objects.get(number=1).provenances.values_list("source__label", "path")
    assert list(places) == [("weibo", "1.png"), ("weibo", "copy of 1.png"), ("scan", "1.png")]


def test_new_bytes_at_a_known_place_are_a_new_picture(
    weibo: Source, subject: Subject, given: Path
) -> None:
    bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    bring_in_now(weibo, write_pictures(given, {"1.png": 2}))
    assert numbers_and_names(subject) == [(1, "1.png"), (2, "1.png")]


def test_two_subjects_number_the_same_picture_each_on_their_own(
    weibo: Source, subject: Subject, admin: User, given: Path
) -> None:
    bob = Subject.objects.create(project=subject.project, slug="bob", name="Bob")
    make_consent(bob, admin)
    folder = write_pictures(given, {"1.png": 1})
    bring_in_now(weibo, folder)
    bring_in_now(Source.objects.create(subject=bob, label="weibo"), folder)
    assert numbers_and_names(subject) == numbers_and_names(bob) == [(1, "1.png")]


def test_broken_files_are_named_with_their_reason_and_all_others_go_in(
    subject: Subject, weibo: Source, objects: Path
) -> None:
    run = bring_in_now(weibo, DEMO / "cleaning" / "broken")
    assert {problem.path: problem.code for problem in run.outcomes.exclude(code="")} == {
        "IMG_0099.JPG": ProblemCode.NOT_A_PICTURE,
        "empty 0 bytes.jpg": ProblemCode.EMPTY,
        "截断 truncated.jpg": ProblemCode.TRUNCATED,
    }
    assert run.state == JobState.DONE
    assert subject.images.count() == 0
    assert not (objects / "sha256").exists() or len(list((objects / "sha256").rglob("*"))) == 2, (
        "only the consent's evidence is kept"
    )


def test_the_demo_pictures_come_in_whole(weibo: Source, subject: Subject) -> None:
    run = bring_in_now(weibo, DEMO / "cleaning")
    problems = {problem.path.split("/")[0] for problem in run.outcomes.exclude(code="")}
    assert problems == {"broken", "labels.csv"}
    assert counts(run) == (121, 2, 0, 4)
    assert [n for n, _ in numbers_and_names(subject)] == list(range(1, 122))


def test_names_keep_their_unicode_form_from_a_zip_too(weibo: Source, given: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "é 图.png")
    with ZipFile(given / "pack.zip", "w") as archive:
        archive.writestr(decomposed, picture_bytes(1))
    run = bring_in_now(weibo, given / "pack.zip")
    assert run.kind == SourceKind.PACK
    assert Image.objects.get().name == decomposed


def test_a_picture_held_sideways_is_measured_upright(weibo: Source, given: Path) -> None:
    picture = Picture.open(BytesIO(picture_bytes(1, size=(60, 20))))
    exif = Picture.Exif()
    exif[0x0112] = 6
    picture.save(given / "phone.jpg", exif=exif)
    bring_in_now(weibo, given)
    assert (Image.objects.get().width, Image.objects.get().height) == (20, 60)


def test_nothing_begins_without_consent(weibo: Source, subject: Subject, given: Path) -> None:
    subject.consents.update(covers_curate=False)
    with pytest.raises(ConsentMissing):
        bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    assert not ImportRun.objects.exists()
    assert not ActionLog.objects.filter(action="import.start").exists()


def test_a_withdrawal_midway_stops_it_and_keeps_what_is_in(
    weibo: Source,
    subject: Subject,
    admin: User,
    given: Path,
    objects: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", 2)
    folder = write_pictures(given / "w", {f"{n}.png": n for n in range(1, 6)})

    def withdraw_after_two(progress: ImportProgress) -> None:
        if progress.seen == 2:
            subject.consents.update(withdrawn_at=timezone.now(), withdrawn_by=admin)

    run = import_now(
        source=weibo,
        kind=SourceKind.FOLDER,
        path=folder,
        given_as="w",
        actor=None,
        on_progress=withdraw_after_two,
    )

    assert (run.state, run.problem) == (JobState.FAILED, ProblemCode.CONSENT_MISSING)
    assert "consent" in run.sentence
    assert numbers_and_names(subject) == [(1, "1.png"), (2, "2.png")]
    kept = {path.name for path in (objects / "sha256").rglob("*") if path.is_file()}
    expected = {store.put(picture_bytes(n)) for n in (1, 2)} | {store.put(b"evidence")}
    assert kept == expected, "no byte of the pictures that were not admitted is kept"


def test_who_lost_the_lease_stops_and_leaves_the_end_to_the_other(
    weibo: Source, subject: Subject, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import_module, "HEARTBEAT_SECONDS", 0)
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", 2)
    folder = write_pictures(given, {f"{n}.png": n for n in range(1, 6)})

    def taken_over_after_two(progress: ImportProgress) -> None:
        if progress.seen == 2:
            ImportRun.objects.update(leased_until=timezone.now())
            assert ImportRun.claim(ImportRun.objects.get().pk) is not None

    run = import_now(
        source=weibo,
        kind=SourceKind.FOLDER,
        path=folder,
        given_as="w",
        actor=None,
        on_progress=taken_over_after_two,
    )

    assert run.state == JobState.RUNNING, "the other worker is at it"
    assert run.finished_at is None
    assert subject.images.count() == 2


def test_a_purged_picture_does_not_come_back(weibo: Source, subject: Subject, given: Path) -> None:
    folder = write_pictures(given, {"1.png": 1, "2.png": 2})
    bring_in_now(weibo, folder)
    Image.objects.filter(number=1).update(purged_at=timezone.now())

    run = bring_in_now(weibo, folder)

    assert [(p.path, p.code) for p in run.outcomes.exclude(code="")] == [
        ("1.png", ProblemCode.PURGED)
    ]
    assert numbers_and_names(subject) == [(1, "1.png"), (2, "2.png")]


def test_who_brought_what_in_is_on_record(weibo: Source, organiser: User, given: Path) -> None:
    write_pictures(given, {"1.png": 1})
    import_now(
        source=weibo,
        kind=SourceKind.FOLDER,
        path=given,
        given_as="D:\\图",
        actor=organiser,
        on_progress=lambda _: None,
    )
    lines = ActionLog.objects.filter(action__startswith="import.").order_by("id")
    assert [(line.action, line.actor, line.target) for line in lines] == [
        ("import.start", organiser, "ada / weibo"),
        ("import.finish", organiser, "ada / weibo"),
    ]
    assert lines[0].details == {"given_as": "D:\\图"}
