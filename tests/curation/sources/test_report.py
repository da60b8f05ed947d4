"""Every file that an import finds is accounted for, exactly once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources import run_import as run_import_module
from curation.sources.add_source import add_source
from curation.sources.asking import Answers
from curation.sources.models import FileOutcome, ImportRun, Outcome, Source, SourceKind
from curation.sources.problem_codes import ProblemCode
from curation.sources.run_import import ImportProgress, run_import
from curation.sources.selectors import FileKind, files_after, import_report
from curation.sources.start_import import import_now
from curation.subjects.models import Subject
from tests.conftest import make_consent, picture_bytes
from tests.stories.packs import make_locked_rar, needs_libarchive
from tests.stories.sources import bring_in_now, write_pictures


def told(run: ImportRun) -> dict[str, tuple[str, str]]:
    return {each.path: (each.outcome, each.code) for each in run.outcomes.all()}


def test_a_thousand_notes_do_not_bury_three_broken_pictures(weibo: Source, given: Path) -> None:
    """As downloaders leave it: data, tags and a caption beside each picture."""
    write_pictures(given, {f"{n:04d}.jpg": n for n in range(20)})
    for n in range(20):
        (given / f"{n:04d}.jpg.json").write_text('{"id":1}')
        (given / f"{n:04d}.jpg.xmp").write_text("<x:xmpmeta/>")
        (given / f"{n:04d}.txt").write_text("晚安" if n else "")
    (given / "0003c.jpg").write_bytes(b"")
    (given / "0004.jpg.part").write_bytes(picture_bytes(4, size=(200, 200))[:500])
    (given / "0005c.jpg").write_bytes(picture_bytes(5, size=(200, 200))[:500])
    (given / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")

    run = bring_in_now(weibo, given)
    report = import_report(run)

    assert [(kind.code, kind.num) for kind in report.refused] == [
        ("empty", 1),
        ("truncated", 1),
        ("unfinished", 1),
    ]
    assert [(kind.code, kind.num) for kind in report.left_out] == [
        ("beside", 60),
        ("system_file", 1),
    ]
    assert (report.new, report.same, report.known) == (20, 0, 0)
    assert report.accounted == report.found == 84


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.zip", b"", "not_a_pack"),
        ("a.zip", b"not a zip at all" * 100, "not_a_pack"),
        ("a.zip", b"PK\x03\x04 but no more", "not_a_pack"),
        ("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(200), "not_a_pack"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(200), "empty_pack"),
        ("a.alz", b"ALZ\x01" + bytes(200), "unknown_pack"),
        ("a.part2.rar", b"Rar!\x1a\x07\x01\x00" + bytes(200), "parts_missing"),
    ],
)
def test_one_pack_that_cannot_be_opened_is_in_the_report_with_its_cure(
    weibo: Source, given: Path, name: str, data: bytes, code: str
) -> None:
    (given / name).write_bytes(data)
    run = bring_in_now(weibo, given / name)
    report = import_report(run)
    assert (run.state, run.problem) == (JobState.FAILED, code), "it is kept to be tried again"
    assert told(run) == {name: ("refused", code)}
    assert report.found == report.accounted == report.num_refused == 1
    assert run.sentence.startswith(report.refused[0].sentence)


@needs_libarchive
def test_one_pack_that_stays_locked_is_in_the_report(weibo: Source, given: Path) -> None:
    make_locked_rar(given / "a.rar", {"1.png": picture_bytes(1)}, "8k3d")
    run = bring_in_now(weibo, given / "a.rar", answers=Answers(without_locked=True))
    assert (run.state, run.problem) == (JobState.FAILED, "encrypted")
    assert told(run) == {"a.rar": ("refused", "encrypted")}
    assert import_report(run).accounted == run.files_found == 1


def test_names_that_begin_with_dots_come_in(weibo: Source, given: Path) -> None:
    write_pictures(given, {"...晚安.jpg": 1, ".hidden.png": 2, ".album/1.jpg": 3, "plain.jpg": 4})
    (given / "._plain.jpg").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X        ")
    run = bring_in_now(weibo, given)
    assert told(run) == {
        "...晚安.jpg": ("new", ""),
        ".hidden.png": ("new", ""),
        ".album/1.jpg": ("new", ""),
        "plain.jpg": ("new", ""),
        "._plain.jpg": ("left_out", "system_file"),
    }


def test_a_picture_under_another_suffix_comes_in(weibo: Source, given: Path) -> None:
    write_pictures(given, {"a.json": 1, "b.txt": 2, "c.mp4": 3, "d": 4, "e.jpg_large": 5})
    assert import_report(bring_in_now(weibo, given)).new == 5


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_two_files(weibo: Source, given: Path) -> None:
    with ZipFile(given / "twins.zip", "w") as archive:
        for data in (picture_bytes(1), picture_bytes(1), picture_bytes(2), b"", b""):
            archive.writestr("same.png", data)
    run = bring_in_now(weibo, given / "twins.zip")
    outcomes = run.outcomes.order_by("position").values_list("outcome", "code")
    assert list(outcomes) == [
        ("new", ""),
        ("known", ""),
        ("new", ""),
        ("refused", "empty"),
        ("refused", "empty"),
    ]


def test_an_import_that_was_stopped_midway_tells_of_every_file_in_the_end(
    weibo: Source, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_import_module, "FILES_AT_ONCE", 2)
    folder = write_pictures(given, {f"{n}.png": n % 5 for n in range(8)})
    (folder / "note.txt").write_text("晚安")

    def stop_after_six(progress: ImportProgress) -> None:
        if progress.seen == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_now(
            source=weibo,
            kind=SourceKind.FOLDER,
            path=folder,
            given_as="w",
            actor=None,
            on_progress=stop_after_six,
        )
    run = ImportRun.objects.get()
    assert import_report(run).accounted == 6
    ImportRun.objects.update(state=JobState.WAITING, held_by="", leased_until=None)

    run_import(import_run_id=run.pk)

    run.refresh_from_db()
    report = import_report(run)
    assert (report.new, report.same, report.known, report.num_left_out) == (5, 3, 0, 1)
    assert report.accounted == report.found == 9


def test_the_database_keeps_one_outcome_a_file_and_asks_why(weibo: Source, given: Path) -> None:
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    with pytest.raises(IntegrityError), transaction.atomic():
        FileOutcome.objects.create(import_run=run, position=1, path="x", outcome=Outcome.NEW)
    with pytest.raises(IntegrityError), transaction.atomic():
        FileOutcome.objects.create(import_run=run, position=2, path="x", outcome=Outcome.REFUSED)
    with pytest.raises(IntegrityError), transaction.atomic():
        FileOutcome.objects.create(
            import_run=run, position=2, path="x", outcome=Outcome.NEW, code="empty"
        )


def test_files_of_a_kind_are_read_page_by_page(weibo: Source, given: Path) -> None:
    for n in range(120):
        (given / f"{n:03d}.json").write_text("{}")
    run = bring_in_now(weibo, given)
    (kind,) = import_report(run).left_out
    seen, after = [], 0
    while True:
        page = files_after(run, kind, after)
        seen += [file.path for file in page.files]
        if page.next_after is None:
            break
        after = page.next_after
    assert seen == [f"{n:03d}.json" for n in range(120)]
    assert files_after(run, FileKind(outcome=Outcome.REFUSED, code="empty", num=0), 0).files == []


@pytest.mark.parametrize("num_kinds", [1, 5])
def test_the_report_costs_three_queries(
    num_kinds: int, weibo: Source, given: Path, django_assert_num_queries: Callable[..., Any]
) -> None:
    for n in range(num_kinds):
        (given / f"a{n}{('.json', '.jpg', '.mp3', '.pdf', '.zip')[n]}").write_bytes(b"\0x")
    run = bring_in_now(weibo, given)
    with django_assert_num_queries(3):
        assert import_report(run).accounted == num_kinds


WHOLE = picture_bytes(9, size=(60, 60), format="JPEG")
CONTENTS: dict[str, bytes] = {
    "picture 1": picture_bytes(1),
    "picture 2": picture_bytes(2, format="JPEG"),
    "cut off": WHOLE[: len(WHOLE) // 2],
    "empty": b"",
    "words": "晚安".encode(),
    "page": b"<!doctype html><title>404</title>",
    "film": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2",
    "pack": b"PK\3\4" + bytes(30),
    "fork": b"\0\5\x16\7\0\2\0\0",
    "raw": b"FUJIFILMCCD-RAW 0201",
    "bytes": bytes(range(200, 256)),
}
NAMES = [
    *("1.jpg", "2.png", "图 3.jpg", "...晚安.jpg", ".hidden.jpg", "._1.jpg", "a/1.jpg"),
    *("1.jpg.json", "note.txt", "Thumbs.db", ".DS_Store", "__MACOSX/._1.jpg", "b/@eaDir/1.jpg"),
    *("film.mp4", "1.jpg.part", "letter.pdf", "README", "1.jpg_large", "sub/. /x.webp"),
]
piles = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(CONTENTS))), min_size=1, max_size=12
)
fresh = count()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(first=piles, second=piles, is_packed=st.booleans())
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_lies_in_a_pile_adds_up(
    subject: Subject,
    admin: User,
    tmp_path: Path,
    first: list[tuple[str, str]],
    second: list[tuple[str, str]],
    is_packed: bool,  # noqa: FBT001, drawn by name
) -> None:
    """Two imports of one source: what is in, known, left out and refused is all that was found."""
    person = Subject.objects.create(project=subject.project, slug=f"p-{next(fresh)}", name="P")
    make_consent(person, admin)
    source = add_source(subject=person, label="w", licence_note="fan use", actor=None)
    for pile in (first, second, second):
        given_files = write_pile(tmp_path / "pile", pile, is_packed=is_packed)
        run = bring_in_now(source, given_files.path)

        if run.state == JobState.FAILED:  # a pack that cannot be read, and nothing beside it
            assert [content for _name, content in given_files.files] == ["pack"]
            assert run.sentence
            continue
        report = import_report(run)
        outcomes = Counter(run.outcomes.values_list("outcome", flat=True))

        assert run.state == JobState.DONE
        assert report.found == given_files.num_files == report.accounted == outcomes.total()
        assert report.new == report.numbered == len(images_first_of(run))
        assert report.new + report.same == run.provenances.count()
        in_or_known = report.new + report.same + report.known
        assert in_or_known == sum(is_picture(*each) for each in given_files.files)
        for outcome in run.outcomes.exclude(code=""):
            assert ProblemCode(outcome.code).label
            assert outcome.sentence
    assert import_report(run).new == 0, "the second time nothing is new"


class Pile:
    def __init__(self, path: Path, files: list[tuple[str, str]]) -> None:
        self.path, self.files, self.num_files = path, files, len(files)


def write_pile(folder: Path, pile: list[tuple[str, str]], *, is_packed: bool) -> Pile:
    """A zip, which may hold a name twice, or a folder, in which the last one of a name stays."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if is_packed:
        with ZipFile(folder / "pile.zip", "w") as archive:
            for name, content in pile:
                archive.writestr(name, CONTENTS[content])
        return Pile(folder / "pile.zip", pile)
    kept = dict(pile)
    for name, content in kept.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(CONTENTS[content])
    return Pile(folder, list(kept.items()))


def is_picture(name: str, content: str) -> bool:
    of_computers = {"Thumbs.db", ".DS_Store", "__MACOSX/._1.jpg", "b/@eaDir/1.jpg"}
    return content.startswith("picture") and name not in of_computers


def images_first_of(run: ImportRun) -> list[int]:
    """The images whose first place is one of this import's."""
    images = Image.objects.filter(subject=run.source.subject_id)
    return [
        image.pk
        for image in images
        if image.provenances.order_by("pk").values_list("import_run", flat=True)[0] == run.pk
    ]
