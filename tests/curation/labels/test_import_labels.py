"""What other tools exported is kept beside the pictures, and decides nothing."""

from __future__ import annotations

import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from curation.images.models import Image
from curation.labels.exports import OddExport, format_of_json, read_file
from curation.labels.models import SaidElsewhere
from curation.sources.models import Source
from curation.subjects.models import Subject
from curation.votes.models import Vote
from tests.stories.sources import bring_in_now, write_pictures

CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><name>ada</name></task></meta>
<image id="0" name="演唱会/1.png" width="48" height="40"><tag label="keep" source="manual"/></image>
<image id="1" name="演唱会/2.png" width="48" height="40"><tag label="blurry"/>
  <tag label="covered"/><box label="face" xtl="1" ytl="1" xbr="9" ybr="9"/></image>
<image id="2" name="3.png" width="48" height="40"></image>
<image id="3" name="nowhere.png" width="48" height="40"><tag label="keep"/></image>
</annotations>"""

UNFOLDING = (
    f'<!DOCTYPE a [<!ENTITY a "{"x" * 1000}"><!ENTITY b "{"&a;" * 1000}">'
    f'<!ENTITY c "{"&b;" * 1000}">]><a>{"&c;" * 1000}</a>'
)
"""A few kilobytes that stand for a terabyte."""

LABEL_STUDIO: list[dict[str, Any]] = [
    {
        "data": {"image": "/data/upload/3/1a2b3c4d-2.png"},
        "annotations": [
            {"was_cancelled": True, "result": [{"value": {"choices": ["keep"]}}]},
            {"result": [{"type": "choices", "value": {"choices": ["unscharf"]}}]},
        ],
    },
    {
        "data": {"image": "/data/local-files/?d=%E6%BC%94%E5%94%B1%E4%BC%9A/1.png"},
        "annotations": [{"result": [{"value": {"choices": ["keep", "reject"]}}]}],
    },
    {"id": 3, "image": "/data/upload/3/3.png", "choice": "keep"},
]

FIFTYONE: dict[str, Any] = {
    "name": "ada",
    "samples": [
        {
            "filepath": "data/1.png",
            "tags": ["train"],
            "ground_truth": {"_cls": "Classification", "label": "keep"},
        },
        {
            "filepath": "C:\\sets\\ada\\演唱会\\2.png",
            "tags": [],
            "why": {"_cls": "Classifications", "classifications": [{"label": "drawn"}]},
        },
    ],
}


@pytest.fixture
def pictures(weibo: Source, given: Path) -> dict[str, Image]:
    bring_in_now(weibo, write_pictures(given, {"演唱会/1.png": 1, "演唱会/2.png": 2, "3.png": 3}))
    return {image.name: image for image in Image.objects.all()}


def import_labels(path: Path, export_format: str, *options: str) -> str:
    said = StringIO()
    of_ada = ("--project=fans", "--subject=ada", f"--format={export_format}")
    call_command("import_labels", *of_ada, *options, str(path), stdout=said)
    return said.getvalue()


def told() -> dict[str, tuple[str, list[str]]]:
    rows = SaidElsewhere.objects.select_related("image")
    return {row.image.name: (row.verdict, row.reasons) for row in rows}


def test_cvat(pictures: dict[str, Image], tmp_path: Path) -> None:
    (tmp_path / "annotations.xml").write_text(CVAT)
    said = import_labels(tmp_path / "annotations.xml", "cvat")
    assert told() == {"1.png": ("keep", []), "2.png": ("reject", ["blurry", "covered"])}
    assert "1 keep, 1 reject." in said
    assert "No picture here is called nowhere.png" in said
    assert "is said of 3.png" in said


def test_label_studio_with_words_of_its_own(pictures: dict[str, Image], tmp_path: Path) -> None:
    export = tmp_path / "project-3.json"
    export.write_text(json.dumps(LABEL_STUDIO))
    said = import_labels(export, "label-studio")
    assert "Unknown word, 1 times: unscharf" in said
    said = import_labels(export, "label-studio", "--word", "unscharf=blurry")
    assert told() == {"2.png": ("reject", ["blurry"]), "3.png": ("keep", [])}
    assert "is said of 演唱会/1.png" in said or "upload" not in said


def test_fiftyone_in_both_forms(pictures: dict[str, Image], tmp_path: Path) -> None:
    (tmp_path / "samples.json").write_text(json.dumps(FIFTYONE))
    import_labels(tmp_path / "samples.json", "fiftyone")
    assert told() == {"1.png": ("keep", []), "2.png": ("reject", ["drawn"])}
    classes = {"classes": ["keep", "reject"], "labels": {"3.png": 1, pictures["1.png"].sha256: 0}}
    (tmp_path / "labels.json").write_text(json.dumps(classes))
    import_labels(tmp_path / "labels.json", "fiftyone")
    assert told()["3.png"] == ("reject", [])
    assert SaidElsewhere.objects.filter(image=pictures["1.png"]).count() == 2, "of each export"


def test_names_that_several_pictures_have_are_not_guessed(
    weibo: Source, given: Path, tmp_path: Path
) -> None:
    bring_in_now(weibo, write_pictures(given, {"a/1.png": 1, "b/1.png": 2}))
    export = tmp_path / "labels.json"
    export.write_text('{"classes": null, "labels": {"1.png": "keep", "x/b/1.png": "keep"}}')
    assert "Several pictures are called 1.png" in import_labels(export, "fiftyone")
    assert SaidElsewhere.objects.get().image.number == 2


def test_the_same_export_again_replaces_what_it_said(
    pictures: dict[str, Image], tmp_path: Path
) -> None:
    export = tmp_path / "labels.json"
    for label in ("keep", "blurry"):
        export.write_text(json.dumps({"labels": {"1.png": label}}))
        import_labels(export, "fiftyone")
    assert told() == {"1.png": ("reject", ["blurry"])}


def test_it_is_nobody_s_vote_and_written_out_as_a_table(
    pictures: dict[str, Image], tmp_path: Path
) -> None:
    (tmp_path / "annotations.xml").write_text(CVAT)
    table = tmp_path / "labels.csv"
    import_labels(tmp_path / "annotations.xml", "cvat", "--csv", str(table))
    assert not Vote.objects.exists()
    lines = table.read_text().splitlines()
    assert lines[0] == "number,sha256,verdict,reasons,export"
    number = pictures["2.png"].number
    assert f"{number},{pictures['2.png'].sha256},reject,blurry covered,annotations.xml" in lines


@pytest.mark.parametrize("export_format", ["cvat", "label-studio", "fiftyone"])
@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"{}", b"[1]", b'{"labels": 3}', b"<a>", b"[" * 90_000]
)
def test_what_is_no_export_is_refused_and_changes_nothing(
    subject: Subject, tmp_path: Path, data: bytes, export_format: str
) -> None:
    (tmp_path / "export").write_bytes(data)
    with pytest.raises(CommandError, match="is no export of"):
        import_labels(tmp_path / "export", export_format)
    with pytest.raises(CommandError, match="behind = stands"):
        import_labels(tmp_path / "export", export_format, "--word", "a=b")


def test_without_consent_nothing_is_kept(
    pictures: dict[str, Image], subject: Subject, tmp_path: Path
) -> None:
    subject.consents.all().delete()
    (tmp_path / "labels.json").write_text('{"labels": {"1.png": "keep"}}')
    with pytest.raises(CommandError, match="consent"):
        import_labels(tmp_path / "labels.json", "fiftyone")


def test_the_database_refuses_a_kept_picture_with_a_reason(pictures: dict[str, Image]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SaidElsewhere.objects.create(
            image=pictures["1.png"], export="x", verdict="keep", reasons=["blurry"]
        )


def test_a_table_by_numbers_names_or_digests(pictures: dict[str, Image], tmp_path: Path) -> None:
    one, two, three = (pictures[name] for name in ("1.png", "2.png", "3.png"))
    table = tmp_path / "labels.csv"
    table.write_text(
        f"\ufeffNumber,Verdict,Reasons\n{one.number},keep,\n{two.number},reject,blurry covered\n"
    )
    import_labels(table, "csv")
    assert told() == {"1.png": ("keep", []), "2.png": ("reject", ["blurry", "covered"])}
    table.write_text(f"sha256,结论,理由\n{three.sha256},保留,\n{one.sha256},剔除,太模糊\n", "utf-8")
    import_labels(table, "csv")
    assert told() == {"3.png": ("keep", []), "1.png": ("reject", ["blurry"])}
    table.write_text("path,label\n演唱会\\\\2.png,keep\nnowhere.png,keep\n", "utf-8")
    assert "No picture here is called nowhere.png" in import_labels(table, "csv")
    assert told() == {"2.png": ("keep", [])}


def test_our_own_table_of_votes_says_what_was_decided(
    pictures: dict[str, Image], tmp_path: Path
) -> None:
    one, two, three = (pictures[name].number for name in ("1.png", "2.png", "3.png"))
    rows = [
        "number,name,decision,settled_by,volunteer,verdict,reasons,manual_version,cast_at",
        f"{one},1.png,kept,,vera,keep,,1,2026-11-30",
        f"{one},1.png,kept,,viktor,keep,,1,2026-11-30",
        f"{one},1.png,kept,,wanda,reject,blurry,1,2026-11-30",
        f"{two},2.png,pending,,vera,keep,,1,2026-11-30",
        f"{three},3.png,rejected,,vera,reject,blurry,1,2026-11-30",
    ]
    (tmp_path / "votes.csv").write_text("\n".join(rows))
    import_labels(tmp_path / "votes.csv", "csv")
    assert told() == {"1.png": ("keep", []), "3.png": ("reject", ["blurry"])}


def test_rows_that_contradict_each_other_say_nothing(
    pictures: dict[str, Image], tmp_path: Path
) -> None:
    number = pictures["1.png"].number
    (tmp_path / "t.csv").write_text(f"number,verdict\n{number},keep\n{number},reject\n")
    assert "is said of" in import_labels(tmp_path / "t.csv", "csv")
    assert told() == {}


def test_a_folder_cleaned_by_hand(pictures: dict[str, Image], tmp_path: Path) -> None:
    one, two, three = (pictures[name].number for name in ("1.png", "2.png", "3.png"))
    path = tmp_path / "cleaned.zip"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr(f"{one:05d}_1.png", b"")
        pack.writestr(f"太模糊/{two:05d}_2.png", b"")
        pack.writestr(f"good ones/{three:05d}_3.png", b"")
        pack.writestr("__MACOSX/._x.png", b"")
        pack.writestr("../../etc/passwd", b"")
    said = import_labels(path, "folder")
    assert told() == {"1.png": ("keep", []), "2.png": ("reject", ["blurry"])}
    assert "Unknown word, 1 times: good ones" in said
    import_labels(path, "folder", "--word", "good ones=keep")
    assert told()["3.png"] == ("keep", [])


def test_cvats_other_export(pictures: dict[str, Image], tmp_path: Path) -> None:
    def label(number: int) -> dict[str, object]:
        return {"type": "label", "label_id": number}

    export = {
        "categories": {"label": {"labels": [{"name": "keep"}, {"name": "blurry"}]}},
        "items": [
            {
                "id": "演唱会/1",
                "image": {"path": "演唱会/1.png"},
                "annotations": [{"type": "label", "label_id": 0}],
            },
            {
                "id": "3",
                "image": {"path": "3.png"},
                "annotations": [{"type": "label", "label_id": 1}, {"type": "bbox", "label_id": 0}],
            },
        ],
    }
    (tmp_path / "default.json").write_text(json.dumps(export))
    import_labels(tmp_path / "default.json", "datumaro")
    assert told() == {"1.png": ("keep", []), "3.png": ("reject", ["blurry"])}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (LABEL_STUDIO, "label-studio"),
        (FIFTYONE, "fiftyone"),
        ({"labels": {}}, "fiftyone"),
        ({"categories": {}, "items": []}, "datumaro"),
    ],
)
def test_json_says_itself_whose_it_is(told: object, found: str) -> None:
    assert format_of_json(told) == found


def test_a_file_is_read_by_how_it_is_called(tmp_path: Path) -> None:
    texts = {
        "a.XML": CVAT,
        "a.json": json.dumps(FIFTYONE),
        "b.json": json.dumps(LABEL_STUDIO),
        "a.csv": "number,verdict\n1,keep\n",
    }
    for name, text in texts.items():
        (tmp_path / "given").write_text(text)
        assert read_file(tmp_path / "given", name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.exe", ""),
        ("a", ""),
        ("a.json", "{}"),
        ("a.json", "3"),
        ("a.json", "[" * 100_000),
        (
            "a.json",
            (
                '{"categories": {"label": {"labels": []}}, "items": [{"id": "x", "annotations": ['
                '{"type": "label", "label_id": 7}]}]}'
            ),
        ),
        ("a.csv", ""),
        ("a.csv", "name,colour\n1.png,red\n"),
        ("a.csv", "number,verdict\none,keep\n"),
        ("a.csv", 'number,verdict\n1,"' + "x" * 200_000),
        ("a.xml", "<annotations><image></annotations>"),
        ("a.xml", UNFOLDING),
        ("a.zip", "no zip"),
    ],
)
def test_what_is_no_export_is_refused_and_nothing_else(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / "given").write_text(text)
    with pytest.raises(OddExport):
        read_file(tmp_path / "given", name)
