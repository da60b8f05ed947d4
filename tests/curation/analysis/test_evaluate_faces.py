from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from curation.analysis.by_dlib import DlibFinder
from curation.analysis.labelled import area_under_curve
from curation.vision.decode import decode
from curation.vision.faces import FaceFinder
from tests.conftest import DEMO


def turn(row: dict[str, str]) -> float:
    return abs(float(row["yaw"]))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """The answers for six of the demo's pictures: a profile, a covered face, two, a stranger."""
    with (DEMO / "cleaning" / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["verdict"] == "keep"]
    reasons = ("covered", "other_face", "subject_absent")
    rejected = [next(row for row in rows if row["reasons"] == each) for each in reasons]
    profile = max(kept, key=turn)
    as_the_stranger = next(row for row in kept if turn(row) // 15 == turn(rejected[-1]) // 15)
    another = next(row for row in kept if row not in (profile, as_the_stranger))
    chosen = [another, profile, as_the_stranger, *rejected]
    for row in chosen:
        picture = tmp_path / row["path"]
        picture.parent.mkdir(exist_ok=True)
        picture.write_bytes((DEMO / "cleaning" / row["path"]).read_bytes())
    with (tmp_path / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(chosen)
    return tmp_path / "labels.csv"


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate_faces", *arguments, stdout=out)
    return out.getvalue()


def test_labelled_pictures_are_looked_at_and_counted(labels: Path) -> None:
    lines = said(str(labels)).splitlines()

    assert lines[0] == "yaw    pictures  found  extra  yaw off  turn right  likeness"
    rows = [line.split() for line in lines[1:] if "-" in line.split()[0]]
    assert sum(int(row[1]) for row in rows) == 6
    assert {row[2] for row in rows} == {"100.0%"}
    assert all(float(row[4].rstrip("°")) < 15 for row in rows if row[4] != "-")
    assert "faces found in 1 of 1 covered pictures" in lines
    assert "faces where nobody is: 0 in 6 pictures" in lines


def test_a_subject_is_told_from_others(labels: Path) -> None:
    portraits = [str(DEMO / "portraits" / f"ada_{number}.jpg") for number in (1, 2, 3)]

    table = said(str(labels), "--subject", "ada", "--portraits", *portraits)

    assert "1.000" in table  # where the stranger is turned as she is in another picture


def test_whoever_doubts_the_finder_sees_what_dlib_finds(labels: Path) -> None:
    ours = said(str(labels))
    both = said(str(labels), "--against", "dlib")

    head, _, theirs = both.removeprefix("Winnow\n").partition("dlib\n")
    assert head == ours
    assert [line.split()[:2] for line in theirs.splitlines()[:-3]] == [
        line.split()[:2] for line in ours.splitlines()[:-3]
    ], "of the same pictures"
    assert "side views recognised: 1 of 1" in head
    assert "side views recognised: 0 of 1" in theirs, "dlib's detector is a frontal one"


def test_dlib_sees_portraits_as_we_do() -> None:
    paths = sorted((DEMO / "portraits").glob("ada_*.jpg"))
    for path in paths:
        rgb = decode(path.read_bytes()).rgb
        (ours,) = FaceFinder().find(rgb, descriptors=path == paths[0])
        (theirs,) = DlibFinder().find(rgb, descriptors=path == paths[0])
        assert theirs.pose.yaw == pytest.approx(ours.pose.yaw, abs=6)
        if path == paths[0]:
            assert ours.descriptor is not None
            assert theirs.descriptor is not None
            assert np.linalg.norm(ours.descriptor - theirs.descriptor) < 0.3, "the same person"


def test_what_cannot_be_read_is_named(tmp_path: Path, labels: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv has no right answers to read"):
        said(str(tmp_path / "nowhere.csv"))
    with pytest.raises(CommandError, match="both --subject and --portraits"):
        said(str(labels), "--subject", "ada")


def test_the_area_under_the_curve_counts_pairs() -> None:
    assert area_under_curve(np.array([0.1, 0.2]), np.array([0.3, 0.15])) == 0.75
    assert area_under_curve(np.array([0.1]), np.array([0.1])) == 0.5
