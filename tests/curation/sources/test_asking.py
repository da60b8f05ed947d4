"""An import asks how names are to be read, and for passwords, before any picture has a number."""

from __future__ import annotations

from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from curation.errors import InvalidInput, NotAllowed
from curation.jobs import JobState
from curation.projects.models import ActionLog, User
from curation.queue import requeue_abandoned
from curation.sources.answer_import import answer_import
from curation.sources.asking import Answers
from curation.sources.cancel_import import cancel_import
from curation.sources.encodings import Encoding
from curation.sources.kinds.upload import new_upload
from curation.sources.models import ImportRun, Provenance, Source
from curation.sources.problem_codes import ProblemCode
from curation.sources.run_import import run_import
from curation.sources.start_upload import start_upload
from curation.sources.tasks import run_import_task
from curation.sources.try_import_again import try_import_again
from curation.subjects.models import Subject
from tests.conftest import picture_bytes
from tests.stories.packs import make_locked_zip, make_rar, make_zip, needs_libarchive
from tests.stories.sources import bring_in_now

BIG5_NAMES = ["演唱會/側臉照片.jpg", "演唱會/後台採訪.jpg", "雜誌/封面 1.jpg"]


def pack_of(path: Path, names: list[str], codec: str) -> Path:
    return make_zip(
        path, {name.encode(codec): picture_bytes(n) for n, name in enumerate(names, start=1)}
    )


def send(subject: Subject, organiser: User, *paths: Path) -> ImportRun:
    upload = new_upload()
    for path in paths:
        with upload.add(path.name) as file:
            file.write(path.read_bytes())
    (run,) = start_upload(
        subject=subject, label="weibo", licence_note="fan use", upload=upload, actor=organiser
    )
    return work_on(run)


def work_on(run: ImportRun) -> ImportRun:
    run_import(import_run_id=run.pk)
    run.refresh_from_db()
    return run


def answer(run: ImportRun, organiser: User, encoding: Encoding, **more: object) -> ImportRun:
    encodings = {each.key: encoding for each in run.question.names}
    assert answer_import(import_run=run, encodings=encodings, actor=organiser, **more)  # type: ignore[arg-type]
    return work_on(run)


def names_of(subject: Subject) -> list[str]:
    return list(subject.images.order_by("number").values_list("name", flat=True))


def test_no_picture_has_a_number_before_a_person_has_chosen(
    subject: Subject, organiser: User, given: Path
) -> None:
    run = send(subject, organiser, pack_of(given / "big5.zip", BIG5_NAMES, "big5"))

    assert (run.state, run.is_asking, run.is_held) == (JobState.WAITING, True, False)
    assert not subject.images.exists()
    (asked,) = run.question.names
    assert (asked.pack, asked.num, asked.guess) == ("big5.zip", 3, Encoding.BIG5)
    readings = dict(asked.readings)
    assert readings[Encoding.BIG5] == BIG5_NAMES
    assert Encoding.GBK in readings
    assert readings[Encoding.GBK] != BIG5_NAMES

    run = answer(run, organiser, Encoding.BIG5)
    assert (run.state, run.is_asking) == (JobState.DONE, False)
    assert sorted(Provenance.objects.values_list("path", flat=True)) == sorted(BIG5_NAMES)
    for place in Provenance.objects.all():
        assert bytes(place.raw_name).decode("big5") == place.path, "a later guess can be made"
    assert ActionLog.objects.get(action="import.answer").details["encodings"] == ["big5"]


def test_the_choice_of_the_person_and_not_the_guess_is_taken(
    subject: Subject, organiser: User, given: Path
) -> None:
    run = send(subject, organiser, pack_of(given / "big5.zip", BIG5_NAMES, "big5"))
    answer(run, organiser, Encoding.GBK)
    expected = [name.encode("big5").decode("gb18030").split("/")[-1] for name in BIG5_NAMES]
    assert sorted(names_of(subject)) == sorted(expected)


def test_packs_of_plain_names_pass_straight_through(
    subject: Subject, organiser: User, given: Path
) -> None:
    make_zip(given / "a.zip", {"自拍 1.jpg": picture_bytes(1), "café.jpg": picture_bytes(2)})
    run = send(subject, organiser, given / "a.zip")
    assert run.state == JobState.DONE
    assert sorted(names_of(subject)) == ["café.jpg", "自拍 1.jpg"]
    assert all(bytes(place.raw_name) == b"" for place in Provenance.objects.all())


def test_each_pack_is_asked_of_and_answered_by_itself(
    subject: Subject, organiser: User, given: Path
) -> None:
    korean = ["직캠/무대인사 1.jpg", "직캠/시상식 2.jpg"]
    run = send(
        subject,
        organiser,
        pack_of(given / "a.zip", BIG5_NAMES, "big5"),
        pack_of(given / "b.zip", korean, "cp949"),
    )
    encodings = {each.pack: each.guess for each in run.question.names}
    assert encodings == {"a.zip": Encoding.BIG5, "b.zip": Encoding.EUC_KR}
    chosen = {each.key: each.guess for each in run.question.names}
    answer_import(import_run=run, encodings=chosen, actor=organiser)
    work_on(run)
    paths = set(Provenance.objects.values_list("path", flat=True))
    assert {f"b.zip/{korean[0]}", f"a.zip/{BIG5_NAMES[0]}"} <= paths


def test_an_import_that_asks_is_taken_by_no_worker_and_put_into_no_queue(
    subject: Subject, organiser: User, given: Path
) -> None:
    run = send(subject, organiser, pack_of(given / "big5.zip", BIG5_NAMES, "big5"))
    DBTaskResult.objects.all().delete()
    assert ImportRun.claim(run.pk) is None
    assert requeue_abandoned(ImportRun, run_import_task) == 0
    assert run.attempt == 0, "to ask is no failed attempt"


def test_answers_are_checked_and_given_once(
    subject: Subject, organiser: User, volunteer: User, given: Path
) -> None:
    run = send(subject, organiser, pack_of(given / "big5.zip", BIG5_NAMES, "big5"))
    with pytest.raises(NotAllowed):
        answer_import(import_run=run, encodings={}, actor=volunteer)
    with pytest.raises(InvalidInput):
        answer_import(import_run=run, encodings={}, actor=organiser)
    (asked,) = run.question.names
    chosen = {asked.key: Encoding.BIG5}
    assert answer_import(import_run=run, encodings=chosen, actor=organiser)
    assert not answer_import(import_run=run, encodings=chosen, actor=organiser), "sent twice"
    assert DBTaskResult.objects.filter(args_kwargs__args=[run.pk]).count() == 2


def test_a_second_import_of_the_same_packs_adds_nothing(
    subject: Subject, organiser: User, weibo: Source, given: Path
) -> None:
    pack = pack_of(given / "big5.zip", BIG5_NAMES, "big5")
    said = Answers(encoding_of_all=Encoding.BIG5)
    for _ in range(2):
        run = bring_in_now(weibo, pack, answers=said)
        assert run.state == JobState.DONE
    assert subject.images.count() == 3
    assert Provenance.objects.count() == 3


@needs_libarchive
def test_a_locked_pack_is_asked_for_its_password_until_it_is_right(
    subject: Subject, organiser: User, given: Path, data_dir: Path
) -> None:
    pack = make_locked_zip(given / "锁.zip", {"1.jpg": picture_bytes(1)}, "提取码 8k3d")
    run = send(subject, organiser, pack)
    assert run.question.locked == ["锁.zip"]
    assert not run.question.is_wrong
    with pytest.raises(InvalidInput):
        answer_import(import_run=run, encodings={}, actor=organiser)

    answer_import(import_run=run, encodings={}, password="8k3d", actor=organiser)
    work_on(run)
    assert run.question.is_wrong
    assert not subject.images.exists()

    answer_import(import_run=run, encodings={}, password="提取码 8k3d", actor=organiser)
    run.refresh_from_db()
    stored = repr(list(ImportRun.objects.values_list())) + repr(list(ActionLog.objects.values()))
    assert "8k3d" not in stored, "it is nowhere in clear"
    assert run.answers.passwords == ("8k3d", "提取码 8k3d")
    work_on(run)
    assert run.state == JobState.DONE
    assert run.sealed_passwords == "", "and nowhere at all once the import has ended"
    assert subject.images.count() == 1


@needs_libarchive
def test_one_may_go_on_without_what_stays_locked(
    subject: Subject, organiser: User, given: Path
) -> None:
    make_locked_zip(given / "锁.zip", {"1.jpg": picture_bytes(1)}, "x")
    make_zip(given / "open.zip", {"2.jpg": picture_bytes(2)})
    run = send(subject, organiser, given / "锁.zip", given / "open.zip")
    answer_import(import_run=run, encodings={}, without_locked=True, actor=organiser)
    work_on(run)
    assert run.state == JobState.DONE
    assert names_of(subject) == ["2.jpg"]
    assert [(p.path, p.code) for p in run.outcomes.exclude(code="")] == [
        ("锁.zip/1.jpg", ProblemCode.ENCRYPTED)
    ]


@needs_libarchive
def test_what_was_unpacked_goes_when_the_import_ends(
    subject: Subject, organiser: User, given: Path, data_dir: Path
) -> None:
    make_rar(given / "a.rar", {"1.jpg": picture_bytes(9)})
    pack_of(given / "b.zip", BIG5_NAMES, "big5")
    run = send(subject, organiser, given / "a.rar", given / "b.zip")
    assert list((data_dir / "unpacked" / str(run.pk)).iterdir()), "kept while the person thinks"
    answer(run, organiser, Encoding.BIG5)
    assert list((data_dir / "unpacked").iterdir()) == []
    assert list((data_dir / "incoming").iterdir()) == []
    assert subject.images.count() == 4


@needs_libarchive
def test_an_import_that_asks_can_be_cancelled_and_asks_again_when_tried_again(
    subject: Subject, organiser: User, given: Path
) -> None:
    make_locked_zip(given / "锁.zip", {"1.jpg": picture_bytes(1)}, "x")
    run = send(subject, organiser, given / "锁.zip")
    answer_import(import_run=run, encodings={}, password="wrong", actor=organiser)
    assert work_on(run).is_asking

    assert cancel_import(import_run=run, actor=organiser)
    run.refresh_from_db()
    assert (run.state, run.is_asking, run.sealed_passwords) == (JobState.FAILED, False, "")
    assert not answer_import(import_run=run, encodings={}, password="x", actor=organiser)

    assert try_import_again(import_run=run, actor=organiser)
    assert work_on(run).question.locked == ["锁.zip"]
