"""`manage.py import_source`: the same intake from the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import ActionLog
from curation.sources.models import ImportRun, Source
from curation.subjects.models import Subject
from tests.conftest import DEMO, picture_bytes
from tests.stories.packs import make_locked_zip, make_zip, needs_libarchive
from tests.stories.sources import write_pictures

TO_ADA = ("--project", "fans", "--subject", "ada", "--label", "weibo")
FOR_FANS = (*TO_ADA, "--licence-note", "fan use")


def import_source(*arguments: str) -> str:
    output = StringIO()
    call_command("import_source", *arguments, stdout=output, stderr=StringIO())
    return output.getvalue()


def test_it_brings_in_a_folder_and_sums_up(subject: Subject, given: Path) -> None:
    write_pictures(given, {"1.png": 1, "2.png": 2, "copy.png": 1})
    said = import_source(*TO_ADA, "--licence-note", "fan use", str(given))
    assert (
        "2 new, 1 with the same content, 0 imported before, 0 left out, 0 refused: 3 files." in said
    )
    assert Source.objects.get().licence_note == "fan use"
    assert ActionLog.objects.get(action="import.finish").actor is None
    assert "0 new, 0 with the same content, 3 imported before" in import_source(*TO_ADA, str(given))
    assert Source.objects.get().licence_note == "fan use", "no note leaves it as it is"


def test_it_names_each_problem_and_still_succeeds(subject: Subject) -> None:
    said = import_source(*FOR_FANS, str(DEMO / "cleaning" / "broken"))
    assert (
        "Refused: 1 × The picture is incomplete or damaged. Download it again.\n"
        "    截断 truncated.jpg\n"
    ) in said
    assert "0 left out, 3 refused: 3 files." in said


def test_it_tells_the_same_in_chinese(subject: Subject) -> None:
    said = import_source(
        *TO_ADA, "--licence-note", "MIT", "--language", "zh-hans", str(DEMO / "cleaning" / "broken")
    )
    assert "拒收：1 × 图片不完整或已损坏" in said
    assert "新图 0 张" in said


def test_what_was_left_out_is_counted_and_a_few_are_named(subject: Subject, given: Path) -> None:
    write_pictures(given, {"1.png": 1})
    for n in range(9):
        (given / f"{n}.json").write_text("{}")
    said = import_source(*TO_ADA, "--licence-note", "fan use", str(given))
    assert "Left out: 9 × Notes and data beside the pictures" in said
    assert "4.json" in said
    assert "5.json" not in said
    assert "and 4 more" in said
    assert "1 new, 0 with the same content, 0 imported before, 9 left out, 0 refused: 10 f" in said


def test_a_new_source_says_its_licence_or_basis(subject: Subject, given: Path) -> None:
    with pytest.raises(CommandError, match="licence"):
        import_source(*TO_ADA, str(write_pictures(given, {"1.png": 1})))
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--project", "fans", "--subject", "nobody", "--label", "weibo", "."),
        (*TO_ADA, "/no/such/place"),
        ("--project", "fans", "--subject", "ada", "--label", " ", "."),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    subject: Subject, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(CommandError) as refusal:
        import_source(*arguments)
    assert len(str(refusal.value)) > 20
    assert not ImportRun.objects.exists()
    assert not Source.objects.exists()


def test_without_consent_it_refuses(subject: Subject, given: Path) -> None:
    subject.consents.all().delete()
    with pytest.raises(CommandError, match="consent"):
        import_source(*FOR_FANS, str(write_pictures(given, {"1.png": 1})))
    assert not Image.objects.exists()


def test_what_is_no_pack_ends_with_exit_code_one(subject: Subject, given: Path) -> None:
    file = given / "pack.zip"
    file.write_bytes(b"no zip")
    with pytest.raises(SystemExit) as end:
        import_source(*FOR_FANS, str(file))
    assert end.value.code == 1
    assert ImportRun.objects.get().problem == "not_a_pack"


def test_it_shows_how_names_read_and_goes_on_with_the_encoding_that_is_named(
    subject: Subject, given: Path
) -> None:
    names = ["写真/スクリーンショット.png", "写真/横顔.png"]
    pack = make_zip(
        given / "a.zip", {name.encode("cp932"): picture_bytes(n) for n, name in enumerate(names)}
    )
    output = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_source", *FOR_FANS, str(pack), stdout=output)
    assert "* shift_jis  写真/スクリーンショット.png   写真/横顔.png" in output.getvalue()
    assert "--names" in output.getvalue()
    assert not Image.objects.exists()

    assert "2 new" in import_source(*TO_ADA, "--names", "shift_jis", str(pack))
    assert sorted(Image.objects.values_list("name", flat=True)) == [
        "スクリーンショット.png",
        "横顔.png",
    ]
    assert ImportRun.objects.get().state == JobState.DONE, "the one that asked went on"
    assert "2 imported before" in import_source(*TO_ADA, "--names", "guess", str(pack))


@needs_libarchive
def test_it_asks_for_a_password_where_it_is_told_to(
    subject: Subject, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = make_locked_zip(given / "a.zip", {"1.png": picture_bytes(1)}, "8k3d")
    with pytest.raises(SystemExit):
        import_source(*FOR_FANS, str(pack))
    command = "curation.sources.management.commands.import_source.getpass"
    monkeypatch.setattr(command, lambda _: "8k3d")
    assert "1 new" in import_source(*TO_ADA, "--password", str(pack))
