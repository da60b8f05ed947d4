"""A zip that somebody sent, made by whatever software, perhaps with bad intent."""

from __future__ import annotations

import stat
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from curation.sources.kinds.zip_file import files_in_zip
from curation.sources.problems import ProblemCode, Unusable

UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1


def make_zip(path: Path, members: dict[str, bytes], *, packing: int = ZIP_STORED) -> Path:
    with ZipFile(path, "w", packing) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def with_names(path: Path, renamed: dict[bytes, bytes]) -> Path:
    """Write other bytes of the same length over names in a zip, as old software would have."""
    data = path.read_bytes()
    for before, after in renamed.items():
        assert len(before) == len(after)
        assert data.count(before) >= 2
        data = data.replace(before, after)
    path.write_bytes(data)
    return path


def with_flag(path: Path, flag: int) -> Path:
    """Set a flag of every member, in its own header and in the central directory."""
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", data, at + offset, flags | flag)
            at = data.find(signature, at + 4)
    path.write_bytes(bytes(data))
    return path


def contents(path: Path) -> dict[str, bytes | ProblemCode]:
    """Every found path with its bytes, or with what is wrong with it."""
    seen: dict[str, bytes | ProblemCode] = {}
    with files_in_zip(path) as files:
        for file in files:
            try:
                seen[file.path] = file.read()
            except Unusable as unusable:
                seen[file.path] = unusable.problem
    return seen


def test_members_come_in_natural_order_without_folders_and_system_files(tmp_path: Path) -> None:
    archive = make_zip(
        tmp_path / "a.zip",
        {
            "微博/10.jpg": b"ten",
            "微博/": b"",
            "微博/9.jpg": b"nine",
            "__MACOSX/微博/._9.jpg": b"fork",
            ".DS_Store": b"mac",
        },
        packing=ZIP_DEFLATED,
    )
    assert list(contents(archive).items()) == [("微博/9.jpg", b"nine"), ("微博/10.jpg", b"ten")]


def test_gbk_names_of_older_chinese_software_are_read(tmp_path: Path) -> None:
    gbk = "图片\\第一集 截图.jpg".encode("gbk")
    archive = make_zip(tmp_path / "a.zip", {"x" * len(gbk): b"1"})
    with_names(archive, {b"x" * len(gbk): gbk})
    # Made on Windows (the byte after "version made by"), where the separator was a backslash.
    data = bytearray(archive.read_bytes())
    data[data.find(b"PK\x01\x02") + 5] = 0
    archive.write_bytes(bytes(data))
    assert contents(archive) == {"图片/第一集 截图.jpg": b"1"}


def test_utf8_names_without_the_flag_are_read(tmp_path: Path) -> None:
    raw = "é 图.jpg".encode()
    archive = make_zip(tmp_path / "a.zip", {"x" * len(raw): b"1"})
    assert contents(with_names(archive, {b"x" * len(raw): raw})) == {"é 图.jpg": b"1"}


def test_the_unicode_name_beside_the_old_one_wins_if_it_belongs_to_it(tmp_path: Path) -> None:
    body = struct.pack("<BL", 1, zlib.crc32(b"old.jpg")) + "新.jpg".encode()
    extra = struct.pack("<HH", 0x7075, len(body)) + body
    for name, seen in (("old.jpg", "新.jpg"), ("renamed.jpg", "renamed.jpg")):
        info = ZipInfo(name)
        info.extra = extra
        with ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(info, b"1")
        assert contents(tmp_path / name) == {seen: b"1"}


def test_paths_that_lead_out_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    archive = make_zip(
        inner / "a.zip", {"../evil.jpg": b"x", "/etc/evil.jpg": b"x", "a/../../b.jpg": b"x"}
    )
    assert set(contents(archive).values()) == {ProblemCode.UNSAFE_PATH}
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "inner"]


def test_a_link_in_a_zip_is_named(tmp_path: Path) -> None:
    info = ZipInfo("link.jpg")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
        archive.writestr("1.jpg", b"1")
    assert contents(tmp_path / "a.zip") == {"1.jpg": b"1", "link.jpg": ProblemCode.OUTSIDE}


def test_locked_members_are_named(tmp_path: Path) -> None:
    archive = with_flag(make_zip(tmp_path / "a.zip", {"1.jpg": b"1"}), ENCRYPTED_FLAG)
    assert contents(archive) == {"1.jpg": ProblemCode.ENCRYPTED}


def test_a_bomb_is_named_and_not_unpacked(tmp_path: Path) -> None:
    archive = make_zip(
        tmp_path / "a.zip",
        {"bomb.bmp": b"\0" * 8_000_000, "small.bmp": b"\0" * 20_000},
        packing=ZIP_DEFLATED,
    )
    seen = contents(archive)
    assert seen["bomb.bmp"] == ProblemCode.BOMB
    assert seen["small.bmp"] == b"\0" * 20_000


def test_a_member_larger_than_any_picture_is_refused_by_its_header(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"1.jpg": b"1"})
    data = bytearray(archive.read_bytes())
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<LL", data, at + 20, 2_000_000_000, 2_100_000_000)
    archive.write_bytes(bytes(data))
    assert contents(archive) == {"1.jpg": ProblemCode.TOO_LARGE}


def test_damage_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"1.jpg": b"AAAAAAAA", "2.jpg": b"BBBBBBBB"})
    archive.write_bytes(archive.read_bytes().replace(b"AAAAAAAA", b"AAAACAAA"))
    assert contents(archive) == {"1.jpg": ProblemCode.DAMAGED, "2.jpg": b"BBBBBBBB"}


def test_a_packing_nobody_here_knows_is_named(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"1.jpg": b"1"})
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.find(signature) + offset, 97)
    archive.write_bytes(bytes(data))
    assert contents(archive) == {"1.jpg": ProblemCode.UNKNOWN_PACKING}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 but no more", b"not a zip at all" * 100])
def test_what_is_no_zip_ends_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(Unusable) as refusal:
        contents(tmp_path / "a.zip")
    assert refusal.value.problem == ProblemCode.NOT_A_ZIP


def test_a_zip_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as refusal:
        contents(tmp_path / "a.zip")
    assert refusal.value.problem == ProblemCode.GONE


def test_a_kilobyte_that_would_grow_into_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bomb.zip", {"bomb.jpg": b"\0" * 10_000_000}, packing=ZIP_BZIP2)
    with files_in_zip(path) as [file], pytest.raises(Unusable) as refused:
        file.read()
    assert refused.value.problem == ProblemCode.UNKNOWN_PACKING
