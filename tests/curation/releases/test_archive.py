"""A release's zip is the same every time, opens everywhere, and never hands out wrong bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from curation import store
from curation.consensus.settle import settle
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.releases.archive import archive_of
from curation.releases.errors import BytesDamaged, BytesMissing
from curation.releases.freeze_release import freeze_release
from curation.releases.models import Release
from curation.releases.selectors import manifest_of
from curation.releases.summary import summary_csv
from curation.sources.models import Source
from curation.subjects.models import Subject

KeptImage = Callable[..., Image]


@pytest.fixture
def release(subject: Subject, organiser: User, kept_image: KeptImage) -> Release:
    """Three images: one name twice, one with a path in it, two sources."""
    kept_image(name="原名.png")
    kept_image("scan", name="原名.png")
    kept_image("scan", "weibo", name="第三集/片段 7.png")
    return freeze_release(subject=subject, actor=organiser)


def zipped(release: Release) -> bytes:
    return b"".join(archive_of(manifest_of(release), subject_name=release.subject.name).pieces)


def test_the_zip_holds_every_image_under_its_number_and_name(release: Release) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(release))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "manifest.jsonl",
            "SHA256SUMS",
            "summary.csv",
            "README.md",
            "README.zh.md",
            "images/00001_原名.png",
            "images/00002_原名.png",
            "images/00003_第三集_片段 7.png",
        ]
        assert archive.read("manifest.jsonl") == store.get(release.manifest_sha256)
        for entry in manifest_of(release).entries:
            data = archive.read(f"images/{entry.file}")
            assert hashlib.sha256(data).hexdigest() == entry.sha256


def test_the_card_tells_of_sources_licences_and_consent_in_both_languages(
    release: Release, organiser: User
) -> None:
    Source.objects.filter(label="weibo").update(licence_note="CC BY 4.0 | <b>fans</b>")
    settle(image=release.subject.images.all()[0], verdict=Verdict.KEEP, actor=organiser)
    newer = freeze_release(subject=release.subject, actor=organiser)
    with zipfile.ZipFile(io.BytesIO(zipped(newer))) as archive:
        english = archive.read("README.md").decode()
        chinese = archive.read("README.zh.md").decode()
    assert newer.manifest_sha256 in english
    assert newer.manifest_sha256 in chinese
    assert r"CC BY 4.0 \| \<b\>fans\</b\>" in english
    assert "a consent to collecting and judging these pictures was in force" in english
    assert "授权" in chinese
    assert not {organiser.username, "otto"} & set(english.split())


def test_the_same_release_gives_the_same_zip(release: Release) -> None:
    assert zipped(release) == zipped(release)


def test_other_programs_open_it_and_the_checksums_hold(release: Release, tmp_path: Path) -> None:
    (tmp_path / "release.zip").write_bytes(zipped(release))
    unpack = ["python3", "-m", "zipfile", "-e", "release.zip", "out"]
    subprocess.run(unpack, cwd=tmp_path, check=True)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "out",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count(": OK") == 7


def test_no_member_needs_its_size_looked_up_behind_its_bytes(release: Release) -> None:
    """Some unzip programs cannot read stored members whose sizes come after them."""
    with zipfile.ZipFile(io.BytesIO(zipped(release))) as archive:
        for member in archive.infolist():
            assert member.compress_type == zipfile.ZIP_STORED
            assert not member.flag_bits & 0x08
            assert member.date_time == (1980, 1, 1, 0, 0, 0)


def test_the_summary_counts_every_image_once_by_where_it_came_from(release: Release) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(release))) as archive:
        table = archive.read("summary.csv").decode("utf-8-sig").splitlines()
    assert table == ["name,valid_samples,source", "Ada,1,scan", "Ada,1,scan + weibo", "Ada,1,weibo"]


@pytest.mark.parametrize("label", ["@微博小号", "=HYPERLINK(1)", "+1", "-1", "＝1", "＠x", "\tx"])
def test_what_somebody_called_a_source_is_no_formula(release: Release, label: str) -> None:
    entry = replace(manifest_of(release).entries[0], sources=(label,))
    rows = list(csv.reader(summary_csv(f"{label}!", [entry]).decode("utf-8-sig").splitlines()))
    assert rows[1] == [f"'{label}!", "1", f"'{label}"]


def test_it_comes_in_pieces_no_larger_than_an_image(release: Release) -> None:
    sizes = [len(piece) for piece in archive_of(manifest_of(release), subject_name="Ada").pieces]
    largest = max(entry.size_bytes for entry in manifest_of(release).entries)
    assert len(sizes) == 9
    assert max(sizes) < largest + 4096


def test_damaged_bytes_break_the_export_off(release: Release, objects: Path) -> None:
    digest = manifest_of(release).entries[1].sha256
    (objects / "sha256" / digest[:2] / digest).write_bytes(b"something else")
    with pytest.raises(BytesDamaged, match="image 2"):
        zipped(release)


def test_bytes_that_are_missing_are_named(release: Release, objects: Path) -> None:
    digest = manifest_of(release).entries[0].sha256
    (objects / "sha256" / digest[:2] / digest).unlink()
    with pytest.raises(BytesMissing, match="image 1"):
        zipped(release)
