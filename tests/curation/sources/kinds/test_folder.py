"""A folder on the server, as somebody collected it."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from curation.sources.kinds import found
from curation.sources.kinds.folder import files_in_folder
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(path.encode())


def test_files_come_in_natural_order_under_the_names_they_have(tmp_path: Path) -> None:
    write(tmp_path, "weibo/自拍 10 修图.JPG", "weibo/自拍 9 修图.JPG", "scan/封面 final FINAL.jpg")
    files = files_in_folder(tmp_path)
    assert [file.path for file in files] == [
        "scan/封面 final FINAL.jpg",
        "weibo/自拍 9 修图.JPG",
        "weibo/自拍 10 修图.JPG",
    ]
    assert files[1].name == "自拍 9 修图.JPG"
    assert files[1].read() == "weibo/自拍 9 修图.JPG".encode()


def test_a_name_keeps_its_unicode_form(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "é.jpg")
    write(tmp_path, decomposed, "é.jpg")
    assert {file.path for file in files_in_folder(tmp_path)} == {decomposed, "é.jpg"}


def test_a_name_in_gbk_on_the_disk_is_read_as_chinese(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode("截图.jpg".encode("gbk"))
    file.write_bytes(b"x")
    (only,) = files_in_folder(tmp_path)
    assert only.path == "截图.jpg"
    assert only.read() == b"x"


def test_what_computers_leave_behind_is_found_too_and_told_apart_by_name(tmp_path: Path) -> None:
    write(tmp_path, ".DS_Store", "a/Thumbs.db", "__MACOSX/._1.jpg", ".cache/2.jpg", "a/1.jpg")
    seen = {}
    for file in files_in_folder(tmp_path):
        try:
            seen[file.path] = file.read().decode()
        except Unusable as unusable:
            seen[file.path] = unusable.problem
    assert seen == {
        ".DS_Store": ProblemCode.SYSTEM_FILE,
        "a/Thumbs.db": ProblemCode.SYSTEM_FILE,
        "__MACOSX/._1.jpg": ProblemCode.SYSTEM_FILE,
        ".cache/2.jpg": ".cache/2.jpg",
        "a/1.jpg": "a/1.jpg",
    }


def test_a_link_out_of_the_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "secrets"
    write(outside, "key.jpg")
    inside = tmp_path / "given"
    write(inside, "1.jpg")
    (inside / "2.jpg").symlink_to(outside / "key.jpg")
    (inside / "folder").symlink_to(outside)
    (inside / "3.jpg").symlink_to(inside / "1.jpg")
    (inside / "again").symlink_to(inside)
    (inside / "broken.jpg").symlink_to(inside / "nothing")

    files = {file.path: file for file in files_in_folder(inside)}

    assert set(files) == {"1.jpg", "2.jpg", "3.jpg", "folder", "broken.jpg"}
    assert files["3.jpg"].read() == b"1.jpg"
    for path in ("2.jpg", "folder"):
        with pytest.raises(Unusable) as refusal:
            files[path].read()
        assert refusal.value.problem == ProblemCode.OUTSIDE
    assert files["broken.jpg"].problem == ProblemCode.CANNOT_READ


def failing(name: str, error: OSError) -> Callable[[str], object]:
    """`os.scandir`, which fails at the folder called `name`."""
    really = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == name:
            error.filename = str(path)
            raise error
        return really(path)

    return scandir


def test_a_folder_that_may_not_be_read_is_named_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "1.jpg", "closed/2.jpg")
    monkeypatch.setattr(os, "scandir", failing("closed", PermissionError(errno.EACCES, "no")))
    found_files = {file.path: file.problem for file in files_in_folder(tmp_path)}
    assert found_files == {"1.jpg": None, "closed": ProblemCode.CANNOT_READ}


def test_a_machine_without_room_for_open_files_is_no_verdict_on_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "1.jpg", "closed/2.jpg")
    monkeypatch.setattr(os, "scandir", failing("closed", OSError(errno.EMFILE, "too many")))
    with pytest.raises(OSError, match="too many"):
        files_in_folder(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (only,) = files_in_folder(tmp_path)
    assert only.problem == ProblemCode.CANNOT_READ


def test_a_file_that_vanished_or_is_empty_is_named(tmp_path: Path) -> None:
    write(tmp_path, "1.jpg")
    (tmp_path / "2.jpg").touch()
    first, second = files_in_folder(tmp_path)
    (tmp_path / "1.jpg").unlink()
    with pytest.raises(Unusable) as refusal:
        first.read()
    assert refusal.value.problem == ProblemCode.CANNOT_READ
    with pytest.raises(Unusable) as refusal:
        second.read()
    assert refusal.value.problem == ProblemCode.EMPTY


def test_a_giant_is_refused_without_reading_it(tmp_path: Path) -> None:
    with (tmp_path / "giant.jpg").open("wb") as file:
        file.truncate(found.MAX_FILE_BYTES + 1)
    (only,) = files_in_folder(tmp_path)
    with pytest.raises(Unusable) as refusal:
        only.read()
    assert refusal.value.problem == ProblemCode.TOO_LARGE


def test_no_folder_and_too_many_files_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unusable) as refusal:
        files_in_folder(tmp_path / "nowhere")
    assert refusal.value.problem == ProblemCode.GONE
    write(tmp_path, "1.jpg", "2.jpg", "3.jpg")
    monkeypatch.setattr(found, "MAX_FILES", 2)
    with pytest.raises(Unusable) as refusal:
        files_in_folder(tmp_path)
    assert refusal.value.problem == ProblemCode.TOO_MANY_FILES
