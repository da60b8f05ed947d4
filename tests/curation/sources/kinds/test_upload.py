"""Uploads wait under plain numbers; their names are kept in an index."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.sources.kinds.upload import (
    files_in_upload,
    incoming,
    is_incoming,
    new_upload,
    remove,
)
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable

NAMES = [
    "自拍/微博 10.jpg",
    "自拍/微博 9.jpg",
    "../../etc/passwd.jpg",
    "图" * 300 + ".jpg",
    "line\u2028break\x85.jpg",
    'quote" & back\\slash.jpg',
]


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: object) -> Path:
    settings.DATA_DIR = tmp_path / "var"  # type: ignore[attr-defined]
    return tmp_path / "var"


def test_any_name_survives_and_none_touches_the_disk(data_dir: Path) -> None:
    upload = new_upload()
    for name in NAMES:
        with upload.add(name) as file:
            file.write(name.encode())

    files = {file.path: file for file in files_in_upload(upload.folder)}

    assert set(files) == set(NAMES)
    assert files["自拍/微博 9.jpg"].read() == "自拍/微博 9.jpg".encode()
    assert list(files).index("自拍/微博 9.jpg") < list(files).index("自拍/微博 10.jpg")
    on_disk = {path.name for path in data_dir.rglob("*") if path.is_file()}
    assert on_disk == {"index.jsonl", *(f"{n:06d}" for n in range(1, 7))}


def test_a_discarded_upload_leaves_nothing(data_dir: Path) -> None:
    upload = new_upload()
    upload.add("1.jpg").close()
    upload.discard()
    assert list(incoming().iterdir()) == []
    with pytest.raises(Unusable) as refusal:
        files_in_upload(upload.folder)
    assert refusal.value.problem == ProblemCode.GONE


def test_only_uploads_are_ever_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    upload = new_upload()
    upload.add("pack.zip").close()

    remove(precious)
    remove(incoming())

    assert precious.is_dir()
    assert upload.folder.is_dir()
    assert is_incoming(str(upload.folder / "000001"))
    assert not is_incoming(str(precious))
    remove(upload.folder / "000001")
    assert not upload.folder.exists()
