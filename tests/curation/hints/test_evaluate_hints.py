"""How good hints are is told of any folder whose right answers are known."""

from __future__ import annotations

import csv
import re
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from curation.hints.evaluate import either_way, evaluate
from curation.vision.hints import CLASSES, KEEP
from tests.conftest import DEMO

PORTRAITS = sorted((DEMO / "portraits").glob("ada_*.jpg"))
EVE = sorted((DEMO / "portraits").glob("eve_*.jpg"))
OF_EACH = 3


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few pictures of each kind, and of the duplicates those that they are of."""
    folder = tmp_path_factory.mktemp("labelled")
    with (DEMO / "cleaning" / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_path = {row["path"]: row for row in rows}
    chosen: dict[str, dict[str, str]] = {}
    for reasons in sorted({row["reasons"] for row in rows}):
        some = [row for row in rows if row["reasons"] == reasons][:OF_EACH]
        for row in some:
            for path in filter(None, (row["path"], row["duplicate_of"])):
                chosen[path] = by_path[path]
    for path in chosen:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEMO / "cleaning" / path, folder / path)
    table = folder / "labels.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, ["path", "reasons", "duplicate_of"], extrasaction="ignore")
        out.writeheader()
        out.writerows(chosen.values())
    return table


def told(labels: Path, *options: object) -> str:
    out = StringIO()
    given = ("--portraits", *PORTRAITS, "--look-alike", *EVE, *options)
    call_command("evaluate_hints", str(labels), *map(str, given), stdout=out)
    return out.getvalue()


def test_the_demos_pictures_are_told_apart(labels: Path) -> None:
    said = told(labels, "--mistakes", "3")
    precisions = dict(re.findall(r"^(\w+) +\d+ +(\d\.\d+)", said, re.MULTILINE))
    assert set(precisions) >= {"blurry", "covered", "drawn", "rephoto", "other_face", "duplicate"}
    assert np.mean([float(each) for each in precisions.values()]) > 0.9
    (area,) = re.findall(r"area under the curve: (\d\.\d+)", said)
    assert float(area) > 0.95


def test_what_decisions_teach_is_told_too(labels: Path) -> None:
    said = told(labels, "--decided", "8")
    areas = re.findall(r"area under the curve: (\d\.\d+)", said)
    assert len(areas) == 2
    assert all(float(area) > 0.9 for area in areas)


@pytest.mark.parametrize(
    ("table", "options", "why"),
    [
        ("path,reasons\n", (), "names no pictures"),
        ("name\nx.jpg\n", (), "no right answers"),
        ("path,reasons\nx.jpg,ugly\n", (), "no reason is called ugly"),
        ("path,reasons\nx.jpg\n", (), "x.jpg"),
        ("path,reasons\na.jpg,\n", ("--decided", "5"), "only 1 pictures"),
        ("path,reasons\na.jpg,\n", ("--decided", "-1"), "0 or more"),
    ],
)
def test_what_cannot_be_evaluated_is_said(
    tmp_path: Path, table: str, options: tuple[str, ...], why: str
) -> None:
    shutil.copy(DEMO / "portraits" / "ada_1.jpg", tmp_path / "a.jpg")
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(CommandError, match=re.escape(why)):
        told(tmp_path / "labels.csv", *options)


def test_either_of_two_copies_may_be_the_duplicate() -> None:
    answers = [frozenset[str](), frozenset({"duplicate"}), frozenset({"blurry"})]
    assert either_way(answers, {1: 0}, {0: 1}) == [{"duplicate"}, frozenset(), {"blurry"}]
    assert either_way(answers, {1: 0}, {1: 0}) == answers
    assert either_way(answers, {1: 0}, {}) == answers


def test_mistakes_are_named_the_worst_first() -> None:
    scores = np.full((3, len(CLASSES)), 0.01)
    for place, (name, score) in enumerate([(KEEP, 0.9), ("blurry", 0.9), ("drawn", 0.6)]):
        scores[place, CLASSES.index(name)] = score
    scores[2, CLASSES.index("covered")] = 0.3
    answers = [frozenset[str](), frozenset[str](), frozenset({"covered"})]
    found = evaluate(answers, scores)
    assert [(place, likeliest) for place, likeliest, _right in found.mistakes] == [
        (1, "blurry"),
        (2, "drawn"),
    ]
    assert found.area == pytest.approx(0.75), "as often above as below counts half"
