"""What leaves the site tells no place and no serial number; originals leave only by choice."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from PIL import Image as Picture

from curation import store
from curation.images.models import Image
from curation.projects.models import ActionLog, User
from curation.releases.archive import archive_of
from curation.releases.freeze_release import freeze_release
from curation.releases.manifest import digest_of, encode
from curation.releases.materialise import materialise
from curation.releases.models import Release
from curation.releases.selectors import manifest_of
from curation.sources.models import Provenance, Source
from curation.subjects.models import Subject
from curation.vision.decode import decode
from tests.stories.sources import bring_in_now
from training.engine.run.config import SideConfig
from training.engine.run.release_folder import open_release

SERIAL, COMMENT = b"SERIAL-0123456789", b"taken at my home"
ONE = "/projects/fans/subjects/ada/releases/1/"


def camera_jpeg(seed: int) -> bytes:
    """A picture that lies on its side and says where it was taken, and by which camera."""
    exif = Picture.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0xA431] = SERIAL.decode()
    exif.get_ifd(0x8825)[0x0002] = (52.0, 31.0, 12.25)
    noise = np.random.default_rng(seed).integers(0, 255, (40, 48, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Picture.fromarray(noise).save(buffer, "JPEG", exif=exif, comment=COMMENT)
    return buffer.getvalue()


def odd_jpeg(seed: int) -> bytes:
    """One that viewers draw, though bytes lie in it that belong to nothing."""
    data = camera_jpeg(seed)
    return data[:20] + SERIAL + data[20:]


@pytest.fixture
def release(
    given: Path, weibo: Source, subject: Subject, organiser: User, keep: Callable[[Image], None]
) -> Release:
    """Two pictures from a camera, the second built oddly, and one that tells nothing."""
    plain = io.BytesIO()
    Picture.new("RGB", (48, 40), "teal").save(plain, "PNG")
    for name, data in (
        ("1.jpg", camera_jpeg(1)),
        ("2.jpg", odd_jpeg(2)),
        ("3.png", plain.getvalue()),
    ):
        (given / name).write_bytes(data)
    bring_in_now(weibo, given)
    for image in Image.objects.order_by("number"):
        keep(image)
    return freeze_release(subject=subject, actor=organiser)


def zipped(release: Release, *, originals: bool = False) -> dict[str, bytes]:
    pieces = archive_of(manifest_of(release), subject_name="Ada", originals=originals).pieces
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pictures(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name.removeprefix("images/"): data for name, data in files.items() if "images/" in name}


def test_the_zip_tells_nothing_and_its_pictures_look_the_same(release: Release) -> None:
    files = zipped(release)
    assert set(pictures(files)) == {"00001_1.jpg", "00002_2.jpg.png", "00003_3.png"}
    for entry in manifest_of(release).entries:
        data = files[f"images/{entry.file}"]
        assert not [secret for secret in (SERIAL, COMMENT, b"GPS") if secret in data]
        with Picture.open(io.BytesIO(data)) as picture:
            assert not picture.getexif().get_ifd(0x8825)
        assert np.array_equal(decode(data).rgb, decode(store.get(entry.sha256)).rgb)


def test_the_manifest_names_both_digests(release: Release) -> None:
    files = zipped(release)
    first, second, third = manifest_of(release).entries
    assert first.sha256 == hashlib.sha256(camera_jpeg(1)).hexdigest()
    for entry in (first, second, third):
        assert entry.file_sha256 == hashlib.sha256(files[f"images/{entry.file}"]).hexdigest()
        assert entry.file_size_bytes == len(files[f"images/{entry.file}"])
    assert first.file_sha256 != first.sha256
    assert third.file_sha256 == third.sha256
    assert (first.redrawn, second.redrawn, third.redrawn) == (False, True, False)
    assert [line.split("  ")[0] for line in files["SHA256SUMS"].decode().splitlines()[4:]] == [
        entry.file_sha256 for entry in (first, second, third)
    ]


def test_originals_leave_byte_by_byte_under_their_own_names(release: Release) -> None:
    files = pictures(zipped(release, originals=True))
    assert set(files) == {"00001_1.jpg", "00002_2.jpg", "00003_3.png"}
    assert files["00001_1.jpg"] == camera_jpeg(1)
    assert files["00002_2.jpg"] == odd_jpeg(2)


def test_a_trainer_reads_either(release: Release, tmp_path: Path) -> None:
    materialise(release=release, folder=tmp_path / "run" / "a")
    side = SideConfig(folder="a", manifest_sha256=release.manifest_sha256)
    bare = open_release(tmp_path / "run", side)
    laid_out = [bare.read_image(image) for image in bare.images]
    assert laid_out == list(pictures(zipped(release)).values())
    assert not [data for data in laid_out if SERIAL in data]

    shutil.rmtree(tmp_path / "run" / "a" / "images")
    (tmp_path / "run" / "a" / "images").mkdir()
    for name, data in pictures(zipped(release, originals=True)).items():
        (tmp_path / "run" / "a" / "images" / name).write_bytes(data)
    originals = open_release(tmp_path / "run", side)
    assert originals.read_image(originals.images[1]) == odd_jpeg(2)


def test_a_picture_that_was_imported_before_copies_were_made_gets_its_own(
    release: Release, subject: Subject, organiser: User
) -> None:
    Image.objects.update(bare_sha256="", bare_format="", bare_size_bytes=0)
    assert freeze_release(subject=subject, actor=organiser) == release
    assert not Image.objects.filter(bare_sha256="").exists()


@pytest.fixture
def as_organiser(client: Client, organiser: User) -> Client:
    client.force_login(organiser)
    return client


def test_taking_originals_is_a_choice_that_stands_on_the_page(
    as_organiser: Client, release: Release, organiser: User
) -> None:
    assert SERIAL not in b"".join(as_organiser.get(f"{ONE}release.zip").streaming_content)  # type: ignore[arg-type]
    assert not ActionLog.objects.filter(action="release.download_originals").exists()
    answer = as_organiser.get(f"{ONE}originals.zip")
    assert "ada-release-1.originals.zip" in answer["Content-Disposition"]
    assert SERIAL in b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert ActionLog.objects.get(action="release.download_originals").actor == organiser
    page = as_organiser.get(ONE).content.decode()
    assert "Originals" in page
    assert "Downloads" in page
    assert "originals" in page


def test_a_release_of_the_first_format_does_not_leave_with_its_metadata_unasked(
    as_organiser: Client, release: Release
) -> None:
    manifest = manifest_of(release)
    header = type(manifest.header)(
        project="fans", subject="ada", rule="1", format="winnow-release/1"
    )
    old = encode(type(manifest)(header=header, entries=manifest.entries))
    Release.objects.update(manifest_sha256=store.put(old))
    release.refresh_from_db()
    assert release.manifest_sha256 == digest_of(old)
    answer = as_organiser.get(f"{ONE}release.zip")
    assert answer.status_code == 409
    assert "Freeze a new one" in answer.content.decode()
    assert as_organiser.get(f"{ONE}originals.zip").status_code == 200


def lies_at(objects: Path, digest: str) -> Path:
    return objects / "sha256" / digest[:2] / digest


def test_with_lines_cut_away_or_no_manifest_nothing_leaves(
    as_organiser: Client, release: Release, objects: Path
) -> None:
    path = lies_at(objects, release.manifest_sha256)
    whole = path.read_bytes()
    for damaged in (b"".join(whole.splitlines(keepends=True)[:-1]), whole[:-9], b"", None):
        path.unlink()
        if damaged is not None:
            path.write_bytes(damaged)
        for address in (f"{ONE}release.zip", f"{ONE}manifest.jsonl"):
            answer = as_organiser.get(address)
            assert answer.status_code == 409
            assert "damaged or missing" in answer.content.decode()
        page = as_organiser.get(ONE).content.decode()
        assert "damaged or missing" in page
        assert "download" not in page, "the page offers nothing that is refused"
        assert as_organiser.get(ONE.removesuffix("1/")).status_code == 200
    assert not ActionLog.objects.filter(action="release.download").exists()


def test_freezing_the_same_again_heals_its_manifest(
    release: Release, subject: Subject, organiser: User, objects: Path
) -> None:
    lies_at(objects, release.manifest_sha256).write_bytes(b"torn")
    assert freeze_release(subject=subject, actor=organiser) == release
    assert store.is_whole(release.manifest_sha256)


@pytest.mark.parametrize("change", ["missing", "torn", "flipped"])
def test_a_torn_or_missing_picture_refuses_the_download_before_its_first_byte(
    as_organiser: Client, release: Release, objects: Path, change: str
) -> None:
    path = lies_at(objects, manifest_of(release).entries[1].file_sha256)
    data = path.read_bytes()
    path.unlink()
    if change == "torn":
        path.write_bytes(data[:-1])
    elif change == "flipped":
        path.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
    answer = as_organiser.get(f"{ONE}release.zip")
    assert answer.status_code == 409
    assert "image 2" in answer.content.decode()


@pytest.mark.parametrize("left", [None, b"torn"])
def test_importing_the_same_file_again_heals_its_bytes(
    release: Release, weibo: Source, given: Path, objects: Path, left: bytes | None
) -> None:
    first = manifest_of(release).entries[0]
    for digest in (first.sha256, first.file_sha256):
        lies_at(objects, digest).unlink()
        if left is not None:
            lies_at(objects, digest).write_bytes(left)
    num_places = Provenance.objects.count()
    bring_in_now(weibo, given)
    assert store.is_whole(first.sha256)
    assert store.is_whole(first.file_sha256)
    assert Image.objects.count() == 3
    assert Provenance.objects.count() == num_places
