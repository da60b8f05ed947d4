"""A zip that somebody sent, made by whatever software, perhaps with bad intent."""

from __future__ import annotations

import stat
import struct
import tracemalloc
import zlib
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo, is_zipfile

import pytest

from curation.sources.asking import Answers
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from tests.conftest import picture_bytes
from tests.stories.hostile_files import jpeg_with_a_zip_behind
from tests.stories.packs import contents, make_zip

UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1


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


def test_members_come_in_natural_order_without_folders(tmp_path: Path) -> None:
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
    assert list(contents(archive).items()) == [
        (".DS_Store", ProblemCode.SYSTEM_FILE),
        ("__MACOSX/微博/._9.jpg", ProblemCode.SYSTEM_FILE),
        ("微博/9.jpg", b"nine"),
        ("微博/10.jpg", b"ten"),
    ]


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
    assert contents(tmp_path / "a.zip") == {"1.jpg": b"1", "link.jpg": ProblemCode.LINK}


def test_locked_members_that_nobody_can_open_are_named(tmp_path: Path) -> None:
    archive = with_flag(make_zip(tmp_path / "a.zip", {"1.jpg": b"1"}), ENCRYPTED_FLAG)
    assert contents(archive, Answers(without_locked=True)) == {"1.jpg": ProblemCode.ENCRYPTED}


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


def test_one_name_that_is_falsely_called_utf8_is_read_and_so_are_all_others(tmp_path: Path) -> None:
    gbk = "截图.jpg".encode("gbk")
    archive = make_zip(tmp_path / "a.zip", {"x" * len(gbk): b"1", "é.jpg": b"2"})
    with_flag(with_names(archive, {b"x" * len(gbk): gbk}), UTF8_FLAG)
    assert contents(archive) == {"截图.jpg": b"1", "é.jpg": b"2"}


def test_a_member_that_asks_for_a_newer_program_does_not_end_the_others(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"1.jpg": b"1", "2.jpg": b"2"})
    data = bytearray(archive.read_bytes())
    data[data.find(b"PK\x01\x02") + 6] = 99
    archive.write_bytes(bytes(data))
    assert contents(archive) == {"1.jpg": b"1", "2.jpg": b"2"}


def test_a_member_whose_extra_field_is_broken_does_not_end_the_others(tmp_path: Path) -> None:
    info = ZipInfo("1.jpg")
    info.extra = struct.pack("<HH", 0x0001, 16) + b"123"
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, b"1")
        archive.writestr("2.jpg", b"2")
    assert contents(tmp_path / "a.zip") == {"1.jpg": b"1", "2.jpg": b"2"}


def test_a_member_whose_place_is_wrong_does_not_end_the_others(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"1.jpg": b"1", "2.jpg": b"2", "3.jpg": b"3"})
    data = bytearray(archive.read_bytes())
    struct.pack_into("<L", data, data.rfind(b"PK\x01\x02") + 42, 4_000_000_000)
    archive.write_bytes(bytes(data))
    seen = contents(archive)
    assert (seen["1.jpg"], seen["2.jpg"]) == (b"1", b"2")
    assert seen["3.jpg"] in {ProblemCode.DAMAGED, ProblemCode.OVERLAPPING}


def test_the_name_is_the_one_in_the_table_where_the_member_has_another(tmp_path: Path) -> None:
    names = ["照片/五.jpg", *(f"相册/{n}.jpg" for n in range(10))]
    archive = make_zip(tmp_path / "a.zip", {name: name.encode() for name in names})
    gbk = names[0].encode("gbk")
    data = archive.read_bytes().replace(names[0].encode(), gbk, 1)
    lost = len(names[0].encode()) - len(gbk)
    data = bytearray(data)
    struct.pack_into("<H", data, 26, len(gbk))
    at = table = data.find(b"PK\x01\x02")
    while at >= 0:  # everything behind the first name lies nearer to the beginning now
        (offset,) = struct.unpack_from("<L", data, at + 42)
        struct.pack_into("<L", data, at + 42, offset - lost if offset else 0)
        at = data.find(b"PK\x01\x02", at + 4)
    struct.pack_into("<L", data, data.rfind(b"PK\x05\x06") + 16, table)
    archive.write_bytes(data)
    assert contents(archive) == {name: name.encode() for name in names}


def test_members_that_overlap_by_their_own_headers_are_named(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {"1.jpg": b"1" * 50, "2.jpg": b"2" * 50})
    data = bytearray(archive.read_bytes())
    struct.pack_into("<H", data, 28, 30)  # its extra field, so that its bytes begin later
    archive.write_bytes(data)
    assert contents(archive) == {"1.jpg": ProblemCode.OVERLAPPING, "2.jpg": b"2" * 50}


def test_members_of_zips_larger_than_the_old_format_holds_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 10)
    monkeypatch.setattr("zipfile.ZIP_FILECOUNT_LIMIT", 1)
    members = {f"{n}.bmp": bytes([n]) * 5000 for n in range(4)}
    archive = make_zip(tmp_path / "a.zip", members, packing=ZIP_DEFLATED)
    assert b"PK\x06\x06" in archive.read_bytes()
    assert contents(archive) == members


def test_members_that_overlap_are_named_and_not_unpacked(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", {f"{n}.jpg": b"same" * 9 for n in range(5)})
    data = bytearray(archive.read_bytes())
    first = data.find(b"PK\x01\x02")
    at = first
    while at >= 0:
        struct.pack_into("<L", data, at + 42, 0)
        at = data.find(b"PK\x01\x02", at + 4)
    archive.write_bytes(bytes(data))
    seen = list(contents(archive).values())
    assert seen.count(ProblemCode.OVERLAPPING) == 4


def with_table(path: Path, size: int, *, entry: bytes = b"") -> Path:
    """A zip with a table of contents of that size: `entry` again and again, else a hole."""
    with path.open("wb") as file:
        file.write(b"PK\x03\x04" + bytes(26))
        begin = file.tell()
        file.write(entry * (size // len(entry)) if entry else b"")
        file.seek(begin + size)
        file.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, begin, 0))
    return path


def test_a_table_of_contents_of_many_megabytes_is_refused_unread(tmp_path: Path) -> None:
    archive = with_table(tmp_path / "a.zip", 114_000_000)
    tracemalloc.start()
    try:
        seen = contents(archive)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == {"a.zip": ProblemCode.LARGE_DIRECTORY}
    assert most < 1_000_000


@pytest.mark.slow
def test_a_table_of_more_entries_than_any_pack_is_refused_in_little_memory(tmp_path: Path) -> None:
    entry = struct.pack("<4s42xs", b"PK\x01\x02", b"x")
    entry = entry[:28] + struct.pack("<H", 1) + entry[30:]
    archive = with_table(tmp_path / "a.zip", 47 * 400_000, entry=entry)
    tracemalloc.start()
    try:
        with pytest.raises(Unusable) as refusal:
            contents(archive)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refusal.value.problem == ProblemCode.TOO_MANY_FILES
    assert most < 150_000_000


def test_a_picture_with_a_zip_behind_it_is_no_zip(tmp_path: Path) -> None:
    picture = picture_bytes(1, format="JPEG")
    (tmp_path / "a.jpg").write_bytes(jpeg_with_a_zip_behind(picture, inside=b"1"))
    assert is_zipfile(tmp_path / "a.jpg"), "Python's own test takes it for one"
    assert contents(tmp_path / "a.jpg") == {"a.jpg": (tmp_path / "a.jpg").read_bytes()}


def test_a_zip_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable) as refusal:
        contents(tmp_path / "a.zip")
    assert refusal.value.problem == ProblemCode.GONE


def test_a_kilobyte_that_would_grow_into_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bomb.zip", {"bomb.jpg": b"\0" * 10_000_000}, packing=ZIP_BZIP2)
    assert contents(path) == {"bomb.jpg": ProblemCode.BOMB}
