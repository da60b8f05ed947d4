"""What lies beside pictures is told from pictures that cannot be read."""

from __future__ import annotations

import pytest

from curation.sources.kinds.left_out import is_system_file, what_it_is
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import LEFT_OUT


@pytest.mark.parametrize(
    "path", [".DS_Store", "a/Thumbs.db", "__MACOSX/a/._b.jpg", "b/@eaDir/1.jpg/t.jpg", ".git/x.jpg"]
)
def test_what_computers_leave_behind_is_nobodys_picture(path: str) -> None:
    assert is_system_file(path)


@pytest.mark.parametrize(
    "path",
    [
        *("a.b/c.jpg", "thumbs.jpg", "微博/thumbs.db.png", "...晚安.jpg", ".hidden.jpg"),
        *(".hidden/1.jpg", "a/._b.jpg", "__macosx.jpg", "git/1.jpg", "."),
    ],
)
def test_what_only_looks_like_it_is_looked_into(path: str) -> None:
    assert not is_system_file(path)


@pytest.mark.parametrize(
    ("path", "data", "problem", "what"),
    [
        ("1.jpg.json", b"{}", "not_a_picture", "beside"),
        ("1.JPG.XMP", b"<x:xmpmeta/>", "not_a_picture", "beside"),
        ("1.txt", "晚安".encode("gbk"), "not_a_picture", "beside"),
        ("1.txt", b"", "empty", "beside"),
        ("page.html", b"<html>", "web_page", "beside"),
        ("data.json", b"", "too_large", "beside"),
        ("README", b"words", "not_a_picture", "beside"),
        (".notes", b"words", "not_a_picture", "beside"),
        ("._1.jpg", b"\0\5\x16\7\0\2\0\0Mac OS X", "not_a_picture", "system_file"),
        ("film.mp4", b"", "too_large", "film_unreadable"),
        ("film.mp4", b"\0\1\2", "not_a_picture", "film_unreadable"),
        ("song.mp3", b"ID3\4", "not_a_picture", "sound"),
        ("more.7z", b"\0\1\2", "not_a_picture", "not_a_pack"),
        ("more.zip", b"", "empty", "not_a_pack"),
        ("letter.pdf", b"%PDF-1.7", "not_a_picture", "document"),
        ("letter.docx", b"PK\3\4", "not_a_picture", "document"),
        ("map.kmz", b"PK\3\4", "not_a_picture", "document"),
        ("1.jpg.part", b"\0" * 99, "not_a_picture", "unfinished"),
        ("1.jpg.crdownload", b"\xff\xd8\xff", "truncated", "unfinished"),
        ("1.jpg", b"words", "not_a_picture", "not_a_picture"),
        ("1.jpg", b"", "empty", "empty"),
        ("1.jpg", b"<html>", "web_page", "web_page"),
        ("1", b"\0\1\2", "not_a_picture", "not_a_picture"),
        ("1.svg", b"<svg/>", "other_kind", "other_kind"),
        ("1.txt", b"\xff\xd8\xff", "truncated", "truncated"),
        ("1.json", b"{}", "encrypted", "encrypted"),
    ],
)
def test_a_file_that_is_no_picture_is_called_what_it_is(
    path: str, data: bytes, problem: str, what: str
) -> None:
    assert what_it_is(path, data, ProblemCode(problem)) == what


def test_every_kind_says_what_to_do() -> None:
    for code in ProblemCode:
        sentences = str(code.label).removesuffix(".").split(". ")
        assert len(sentences) > 1 or ";" in sentences[0] or code in _OF_A_WHOLE_IMPORT, code
    assert len(LEFT_OUT) == 5


_OF_A_WHOLE_IMPORT = {
    ProblemCode.GONE,
    ProblemCode.CANCELLED,
    ProblemCode.CONSENT_MISSING,
    ProblemCode.BROKE,
}
