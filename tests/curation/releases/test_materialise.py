"""A release is laid out as files for a trainer, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from storages.backends.s3 import S3Storage

from curation import store
from curation.images.models import Image
from curation.projects.models import User
from curation.releases.archive import files_of, require_files_whole
from curation.releases.errors import BytesDamaged, BytesMissing
from curation.releases.freeze_release import freeze_release
from curation.releases.manifest import Entry
from curation.releases.materialise import materialise
from curation.releases.models import Release
from curation.releases.selectors import manifest_of
from curation.subjects.models import Subject


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Storage]:
    """An empty bucket of an S3 server that runs for this test."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    storage = S3Storage(
        bucket_name="pictures", endpoint_url=f"http://{host}:{port}", region_name="us-east-1"
    )
    storage.connection.create_bucket(Bucket="pictures")
    yield storage
    server.stop()


@pytest.fixture
def release(subject: Subject, organiser: User, kept_image: Callable[..., Image]) -> Release:
    kept_image(name="原名.png")
    kept_image(name="b/c.png")
    return freeze_release(subject=subject, actor=organiser)


def test_the_folder_holds_the_manifest_and_the_released_bytes(
    release: Release, tmp_path: Path
) -> None:
    materialise(release=release, folder=tmp_path / "run" / "a")
    folder = tmp_path / "run" / "a"
    assert (folder / "manifest.jsonl").read_bytes() == store.get(release.manifest_sha256)
    assert sorted(path.name for path in (folder / "images").iterdir()) == [
        "00001_原名.png",
        "00002_b_c.png",
    ]
    for entry in manifest_of(release).entries:
        assert (folder / "images" / entry.file).read_bytes() == store.get(entry.sha256)


def test_on_the_same_disk_no_byte_is_stored_twice(
    release: Release, tmp_path: Path, objects: Path
) -> None:
    materialise(release=release, folder=tmp_path / "a")
    entry = manifest_of(release).entries[0]
    stored = objects / "sha256" / entry.sha256[:2] / entry.sha256
    assert (tmp_path / "a" / "images" / entry.file).samefile(stored)


def test_a_store_on_s3_is_copied_from(
    release: Release, bucket: S3Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = manifest_of(release).entries
    kept = {each: store.get(each) for each in (release.manifest_sha256, *_digests(entries))}
    monkeypatch.setattr(store, "default_storage", bucket)
    for data in kept.values():
        store.put(data)
    materialise(release=release, folder=tmp_path / "a")
    for entry in entries:
        assert (tmp_path / "a" / "images" / entry.file).read_bytes() == kept[entry.sha256]


def _digests(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.sha256 for entry in entries]


def test_doing_it_again_changes_nothing_that_is_already_there(
    release: Release, tmp_path: Path
) -> None:
    materialise(release=release, folder=tmp_path / "a")
    (tmp_path / "a" / "faces").mkdir()  # what the trainer made of the pictures
    materialise(release=release, folder=tmp_path / "a")
    assert (tmp_path / "a" / "faces").is_dir()


def test_an_image_that_went_missing_is_put_back(release: Release, tmp_path: Path) -> None:
    materialise(release=release, folder=tmp_path / "a")
    lost = tmp_path / "a" / "images" / "00001_原名.png"
    lost.unlink()
    materialise(release=release, folder=tmp_path / "a")
    assert lost.is_file()


def test_damaged_bytes_leave_no_folder(release: Release, tmp_path: Path, objects: Path) -> None:
    digest = manifest_of(release).entries[1].sha256
    (objects / "sha256" / digest[:2] / digest).write_bytes(b"something else")
    with pytest.raises(BytesDamaged):
        materialise(release=release, folder=tmp_path / "a")
    assert [path.name for path in tmp_path.glob("*a*")] == []


def test_purged_bytes_leave_no_folder(release: Release, tmp_path: Path, objects: Path) -> None:
    digest = manifest_of(release).entries[0].sha256
    (objects / "sha256" / digest[:2] / digest).unlink()
    with pytest.raises(BytesMissing, match="image 1"):
        materialise(release=release, folder=tmp_path / "a")
    assert [path.name for path in tmp_path.glob("*a*")] == []


def test_what_a_killed_process_left_half_done_is_cleared_away(
    release: Release, tmp_path: Path
) -> None:
    left = tmp_path / ".a.12345678.partial" / "images"
    left.mkdir(parents=True)
    materialise(release=release, folder=tmp_path / "a")
    assert [path.name for path in tmp_path.glob("*a*")] == ["a"]


def test_the_caller_hears_of_every_image(release: Release, tmp_path: Path) -> None:
    heard: list[int] = []
    materialise(release=release, folder=tmp_path / "a", after_each=lambda: heard.append(1))
    assert len(heard) == 2


def test_what_is_missing_in_a_bucket_refuses_an_export_before_its_first_byte(
    release: Release, bucket: S3Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_of(manifest_of(release), originals=False)
    kept = [store.get(file.sha256) for file in files]
    monkeypatch.setattr(store, "default_storage", bucket)
    for data in kept:
        store.put(data)
    require_files_whole(files)
    bucket.delete(f"sha256/{files[1].sha256[:2]}/{files[1].sha256}")
    with pytest.raises(BytesMissing, match="image 2"):
        require_files_whole(files)
    store.put(kept[1])
    require_files_whole(files)
