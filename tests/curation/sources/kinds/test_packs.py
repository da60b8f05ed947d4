"""Packs of every kind, several of them, in parts and in each other, and what is wrong with them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA

import pytest
from django.utils import translation

from curation.decoding.client import _decoder_of
from curation.sources.asking import NOTHING_SAID, Answers, Asked
from curation.sources.kinds.folder import files_of_pack
from curation.sources.kinds.packs import with_packs_opened
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from tests.stories.packs import (
    LOCKED_7Z,
    LOCKED_MEMBERS,
    LOCKED_PASSWORD,
    contents,
    cut,
    make_7z,
    make_locked_7z,
    make_locked_rar,
    make_locked_zip,
    make_old_rar,
    make_rar,
    make_rar_in_two,
    make_tar,
    make_zip,
    needs_libarchive,
    span,
)

MEMBERS = {"微博/2.jpg": b"two" * 50, "微博/10.jpg": b"ten" * 50, "a b.jpg": b"a"}


def refusal_of(path: Path, answers: Answers = NOTHING_SAID) -> ProblemCode:
    (problem,) = contents(path, answers).values()
    assert isinstance(problem, ProblemCode)
    return problem


@needs_libarchive
@pytest.mark.parametrize(
    "make",
    [
        lambda folder: make_zip(folder / "a.zip", MEMBERS),
        lambda folder: make_rar(folder / "a.rar", MEMBERS),
        lambda folder: make_7z(folder / "a.7z", MEMBERS),
        lambda folder: make_tar(folder / "a.tar", MEMBERS),
        lambda folder: make_tar(folder / "a.tar.gz", MEMBERS),
        lambda folder: make_tar(folder / "a.tar.xz", MEMBERS),
        lambda folder: make_tar(folder / "a.tar.bz2", MEMBERS),
        lambda folder: make_rar(folder / "named wrongly.zip", MEMBERS),
        lambda folder: make_7z(folder / "no suffix", MEMBERS),
    ],
)
def test_every_kind_gives_its_members_in_the_order_that_people_list_them(
    given: Path, make: Callable[..., Path]
) -> None:
    seen = contents(make(given))
    assert list(seen) == ["a b.jpg", "微博/2.jpg", "微博/10.jpg"]
    assert seen == MEMBERS


@needs_libarchive
def test_packs_that_lie_together_are_all_opened_beside_the_pictures(given: Path) -> None:
    make_zip(given / "pack_02.zip", {"1.jpg": b"2-1"})
    make_rar(given / "pack_01.rar", {"1.jpg": b"1-1"})
    (given / "loose.jpg").write_bytes(b"loose")
    assert contents(given) == {
        "loose.jpg": b"loose",
        "pack_01.rar/1.jpg": b"1-1",
        "pack_02.zip/1.jpg": b"2-1",
    }


@needs_libarchive
def test_a_pack_cut_into_numbered_pieces_is_one_pack(given: Path) -> None:
    for make in (make_zip, make_7z, make_tar):
        folder = given / make.__name__
        folder.mkdir()
        first, *_others = cut(make(folder / f"pack.{make.__name__[5:]}", MEMBERS), 60)
        assert contents(folder) == MEMBERS
        assert contents(first) == MEMBERS, "the other parts are found beside the first"


@needs_libarchive
def test_a_rar_in_volumes_is_one_pack(given: Path) -> None:
    data = bytes(range(256)) * 20
    first, second = make_rar_in_two(given, "合照", "1.jpg", data)
    assert contents(given) == {"1.jpg": data}
    second.unlink()
    assert contents(first) == {"1.jpg": ProblemCode.DAMAGED}, "no name tells that there was more"


@pytest.mark.parametrize("size", [50, 64, 100, 333])
def test_a_spanned_zip_is_one_pack(given: Path, size: int) -> None:
    parts = span(make_zip(given / "pack.zip", MEMBERS), size)
    assert len(parts) > 1
    assert contents(given) == MEMBERS
    assert contents(parts[-1]) == MEMBERS


@pytest.mark.parametrize("lost", [0, 2, -1])
def test_a_part_that_is_missing_is_named_by_those_that_came(given: Path, lost: int) -> None:
    parts = list(span(make_zip(given / "pack.zip", MEMBERS), 100))
    missing = parts.pop(lost)
    missing.unlink()
    (given / "1.jpg").write_bytes(b"1")
    assert contents(given) == {
        "1.jpg": b"1",
        **{part.name: ProblemCode.PARTS_MISSING for part in parts},
    }


@needs_libarchive
def test_packs_in_packs_are_opened(given: Path) -> None:
    deepest = make_7z(given / "in.7z", {"3.jpg": b"3"})
    inner = make_tar(given / "in.tgz", {"2.jpg": b"2", "in.7z": deepest.read_bytes()})
    outer = make_zip(given / "all.zip", {"1.jpg": b"1", "更多/in.tgz": inner.read_bytes()})
    assert contents(outer) == {
        "1.jpg": b"1",
        "更多/in.tgz/2.jpg": b"2",
        "更多/in.tgz/in.7z/3.jpg": b"3",
    }


def test_a_split_pack_inside_a_pack_is_put_together(given: Path) -> None:
    parts = cut(make_zip(given / "in.zip", MEMBERS), 100)
    outer = make_zip(given / "all.zip", {f"x/{part.name}": part.read_bytes() for part in parts})
    for part in parts:
        part.unlink()
    assert contents(outer) == {f"x/in.zip/{name}": data for name, data in MEMBERS.items()}


def test_packs_that_lie_too_deep_are_named(given: Path) -> None:
    data = b"picture"
    name = "1.jpg"
    for depth in range(5):
        path = make_zip(given / f"{depth}.zip", {name: data})
        name, data = path.name, path.read_bytes()
        path.unlink()
    (given / name).write_bytes(data)
    assert contents(given / name) == {"3.zip/2.zip/1.zip": ProblemCode.TOO_DEEP}


def test_packs_in_packs_cannot_grow_beyond_all_bounds(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.kinds.unpacking.ALWAYS_GROWS_TO", 50_000)
    monkeypatch.setattr("curation.sources.kinds.unpacking.MAX_GROWTH", 1)
    zeros = make_zip(given / "zeros.zip", {"z.bmp": bytes(900_000)}, packing=ZIP_DEFLATED)
    data = zeros.read_bytes()
    zeros.unlink()
    many = {f"{n}.zip": data + bytes(20_000) for n in range(9)}
    outer = make_zip(given / "all.zip", many, packing=ZIP_DEFLATED)
    seen = contents(outer)
    assert ProblemCode.PACK_BOMB in seen.values()


@needs_libarchive
def test_a_tar_that_grows_beyond_all_bounds_ends_early(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.kinds.unpacking.ALWAYS_GROWS_TO", 1_000_000)
    bomb = make_tar(given / "a.tar.gz", {"1.jpg": b"1", "bomb.jpg": bytes(50_000_000)})
    assert contents(bomb) == {
        "1.jpg": b"1",
        "bomb.jpg": ProblemCode.TOO_LARGE,
        "a.tar.gz": ProblemCode.PACK_BOMB,
    }
    unpacked = given.with_name("given-unpacked")
    assert sum(file.stat().st_size for file in unpacked.rglob("*")) < 2_000_000


@needs_libarchive
def test_links_and_paths_that_lead_out_of_a_tar_are_named(given: Path) -> None:
    with tarfile.open(given / "a.tar", "w") as archive:
        for name, kind in (("soft.jpg", tarfile.SYMTYPE), ("hard.jpg", tarfile.LNKTYPE)):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, "/etc/passwd"
            archive.addfile(link)
        pipe = tarfile.TarInfo("pipe.jpg")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
        for name in ("../up.jpg", "/root.jpg", "C:/x.jpg", "1.jpg"):
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"1"))
    assert contents(given / "a.tar") == {
        "soft.jpg": ProblemCode.LINK,
        "hard.jpg": ProblemCode.LINK,
        "pipe.jpg": ProblemCode.CANNOT_READ,
        "../up.jpg": ProblemCode.UNSAFE_PATH,
        "/root.jpg": ProblemCode.UNSAFE_PATH,
        "C:/x.jpg": ProblemCode.UNSAFE_PATH,
        "1.jpg": b"1",
    }


ODD_NAMES = [
    "\u202egpj.exe",
    "a\x01\x07\x7f.jpg",
    "é" * 127 + ".jpg",
    "x" * 251 + ".jpg",
    "-rf.jpg",
    "con.jpg",
    "nul",
    "a\nb.jpg",
    "🎂.jpg",
    " .jpg",
]


@needs_libarchive
@pytest.mark.parametrize("make", [make_zip, make_tar, make_7z, make_rar])
def test_odd_names_are_kept_as_they_are_and_never_touch_the_disk(
    given: Path, make: Callable[..., Path]
) -> None:
    members = {name: name.encode() for name in ODD_NAMES}
    assert contents(make(given / "a.pack", members)) == members
    on_disk = {path.name for path in given.parent.rglob("*")}
    assert not on_disk & set(ODD_NAMES)


@needs_libarchive
@pytest.mark.parametrize("make", [make_tar, make_rar, make_7z])
def test_a_truncated_pack_gives_what_came_before_or_is_named(
    given: Path, make: Callable[..., Path]
) -> None:
    members = {f"{n}.jpg": bytes([n]) * 5000 for n in range(20)}
    pack = make(given / "a.pack", members)
    whole = pack.read_bytes()
    pack.write_bytes(whole[: -min(30_000, len(whole) // 2)])
    if make is make_7z:
        assert refusal_of(pack) == ProblemCode.NOT_A_PACK
        return
    seen = contents(pack)
    assert seen.pop("a.pack") == ProblemCode.BROKEN_OFF
    good = {path: data for path, data in seen.items() if not isinstance(data, ProblemCode)}
    assert len(good) >= 12
    assert good.items() <= members.items()


@needs_libarchive
def test_a_member_whose_checksum_is_wrong_is_named(given: Path) -> None:
    members = {f"{n}.jpg": f"bytes of {n}".encode() * 20 for n in range(3)}
    pack = make_rar(given / "a.rar", members)
    pack.write_bytes(pack.read_bytes().replace(b"bytes of 1", b"bytes of 7", 1))
    seen = contents(pack)
    assert (seen["0.jpg"], seen["1.jpg"]) == (members["0.jpg"], ProblemCode.DAMAGED)


@needs_libarchive
@pytest.mark.parametrize(
    ("beginning", "code"),
    [
        (b"Rar!\x1a\x07\x01\x00" + bytes(200), ProblemCode.NOT_A_PACK),
        (b"Rar!\x1a\x07\x00" + bytes(200), ProblemCode.NOT_A_PACK),
        (b"7z\xbc\xaf\x27\x1c" + bytes(200), ProblemCode.EMPTY_PACK),
        (b"7z\xbc\xaf\x27\x1c" + b"\x07" * 200, ProblemCode.NOT_A_PACK),
        (b"\x1f\x8b\x08" + bytes(200), ProblemCode.NOT_A_PACK),
        (b"PK\x03\x04" + bytes(200), ProblemCode.NOT_A_PACK),
        (b"ALZ\x01" + bytes(200), ProblemCode.UNKNOWN_PACK),
        (b"MSCF\x00" + bytes(200), ProblemCode.UNKNOWN_PACK),
    ],
)
def test_a_pack_that_cannot_be_read_is_called_a_pack(
    given: Path, beginning: bytes, code: ProblemCode
) -> None:
    (given / "pack.rar").write_bytes(beginning)
    assert refusal_of(given / "pack.rar") == code
    (given / "1.jpg").write_bytes(b"1")
    assert contents(given) == {"1.jpg": b"1", "pack.rar": code}


def test_a_document_is_no_pack(given: Path) -> None:
    make_zip(given / "letter.docx", {"word/document.xml": b"x"})
    assert list(contents(given)) == ["letter.docx"]


def test_without_the_library_the_kinds_that_need_it_say_so_and_zips_come_in(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (given / "a.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(20))
    make_zip(given / "b.zip", {"1.jpg": b"1"})
    make_zip(given / "c.zip", {"2.jpg": b"2"}, packing=ZIP_LZMA)
    monkeypatch.setenv("LIBARCHIVE", "/nowhere/libarchive.so")
    with a_fresh_decoder():
        assert contents(given) == {
            "a.rar": ProblemCode.NO_LIBRARY,
            "b.zip/1.jpg": b"1",
            "c.zip/2.jpg": ProblemCode.NO_LIBRARY,
        }


@needs_libarchive
@pytest.mark.parametrize("packing", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_members_of_every_packing_are_read(given: Path, packing: int) -> None:
    data = bytes(range(256)) * 40
    assert contents(make_zip(given / "a.zip", {"1.jpg": data}, packing=packing)) == {"1.jpg": data}


@needs_libarchive
@pytest.mark.parametrize("how", ["aes128", "aes256", "traditional"])
def test_a_zip_opens_with_its_password(given: Path, how: str) -> None:
    pack = make_locked_zip(given / "a.zip", MEMBERS, "提取码 8k3d", how=how)
    for passwords in ((), ("wrong",)):
        with pytest.raises(Asked) as asked:
            contents(pack, Answers(passwords=passwords))
        assert asked.value.question.locked == ["a.zip"]
        assert asked.value.question.is_wrong == bool(passwords)
    assert contents(pack, Answers(passwords=("wrong", "提取码 8k3d"))) == MEMBERS
    left_out = contents(pack, Answers(without_locked=True))
    assert set(left_out.values()) == {ProblemCode.ENCRYPTED}


@needs_libarchive
def test_a_wrong_password_that_passes_the_first_check_is_wrong_all_the_same(given: Path) -> None:
    pack = make_locked_zip(given / "a.zip", {"1.jpg": b"x" * 300}, "right", how="traditional")
    for n in range(600):
        with pytest.raises(Asked):
            contents(pack, Answers(passwords=(f"wrong {n}",)))


@needs_libarchive
@pytest.mark.parametrize("names_too", [False, True])
def test_a_rar_opens_with_its_password(given: Path, names_too: bool) -> None:  # noqa: FBT001
    pack = make_locked_rar(given / "锁.rar", MEMBERS, "提取码 8k3d", names_too=names_too)
    for passwords in ((), ("wrong",)):
        with pytest.raises(Asked) as asked:
            contents(pack, Answers(passwords=passwords))
        assert asked.value.question.locked == ["锁.rar"]
        assert asked.value.question.is_wrong == bool(passwords)
    assert contents(pack, Answers(passwords=("wrong", "提取码 8k3d"))) == MEMBERS
    unpacked = given.with_name("given-unpacked")
    assert list(unpacked.rglob("*.unlocked")) == []


@needs_libarchive
@pytest.mark.parametrize("how", LOCKED_7Z)
@pytest.mark.parametrize("is_split", [False, True])
def test_a_7z_opens_with_its_password(given: Path, how: str, is_split: bool) -> None:  # noqa: FBT001
    pack = make_locked_7z(given / "锁.7z", how)
    if is_split:
        pack = cut(pack, 100)[0]
    for passwords in ((), ("wrong",)):
        with pytest.raises(Asked) as asked:
            contents(pack, Answers(passwords=passwords))
        assert asked.value.question.locked == ["锁.7z"]
        assert asked.value.question.is_wrong == bool(passwords)
    assert contents(pack, Answers(passwords=("wrong", LOCKED_PASSWORD))) == LOCKED_MEMBERS
    assert list(given.with_name("given-unpacked").rglob("*.unlocked")) == []


@needs_libarchive
@pytest.mark.parametrize("how", LOCKED_7Z)
def test_a_locked_7z_that_is_cut_off_or_damaged_is_named(given: Path, how: str) -> None:
    whole = make_locked_7z(given / "锁.7z", how).read_bytes()
    answers = Answers(passwords=(LOCKED_PASSWORD,), without_locked=True)
    for at in range(6, len(whole), 23):
        for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            (given / "锁.7z").write_bytes(data)
            seen = contents(given / "锁.7z", answers)
            if seen != LOCKED_MEMBERS:  # the version, which nobody minds
                assert any(isinstance(found, ProblemCode) for found in seen.values())


@needs_libarchive
def test_a_locked_rar_can_be_left_out(given: Path) -> None:
    make_locked_rar(given / "锁.rar", MEMBERS, "x")
    (given / "1.jpg").write_bytes(b"1")
    seen = contents(given, Answers(without_locked=True))
    assert seen == {"1.jpg": b"1", "锁.rar": ProblemCode.ENCRYPTED}


@needs_libarchive
@pytest.mark.parametrize("names_too", [False, True])
def test_a_locked_rar_that_nobody_here_opens_is_named_with_the_cure(
    given: Path,
    names_too: bool,  # noqa: FBT001
) -> None:
    """libarchive reads rar of version 4, but none that is locked; of those in parts likewise."""
    assert contents(make_old_rar(given / "a.rar", MEMBERS)) == MEMBERS
    make_old_rar(given / "a.rar", MEMBERS, is_locked=True, names_too=names_too)
    make_rar_in_two(given, "b", "1.jpg", b"x" * 64, is_locked=True)
    seen = contents(given, Answers(passwords=("x",)))
    assert set(seen.values()) == {ProblemCode.LOCKED_KIND}, seen
    assert {path.partition("/")[0] for path in seen} == {"a.rar", "b.rar"}
    assert "Unpack it with its password" in ProblemCode.LOCKED_KIND.label
    with translation.override("zh-hans"):
        assert "请先用密码解压" in str(ProblemCode.LOCKED_KIND.label)


@needs_libarchive
def test_a_damaged_lock_is_named(given: Path) -> None:
    pack = make_locked_rar(given / "锁.rar", MEMBERS, "x", names_too=True)
    whole = pack.read_bytes()
    for end in range(20, len(whole) - 40, 37):
        pack.write_bytes(whole[:end])
        seen = contents(pack, Answers(passwords=("x",)))
        assert any(isinstance(found, ProblemCode) for found in seen.values())


@needs_libarchive
def test_what_is_unpacked_already_is_not_unpacked_again(given: Path) -> None:
    pack = make_rar(given / "a.rar", MEMBERS)
    assert contents(pack) == MEMBERS
    unpacked = given.with_name("given-unpacked")
    for file in unpacked.rglob("00000*"):
        file.write_bytes(b"seen")
    assert set(contents(pack).values()) == {b"seen"}


@needs_libarchive
def test_an_unpacking_that_was_killed_is_begun_again(given: Path) -> None:
    pack = make_rar(given / "a.rar", MEMBERS)
    contents(pack)
    (done,) = given.with_name("given-unpacked").iterdir()
    done.rename(done.with_name(f"{done.name}.partial"))
    (done.with_name(f"{done.name}.partial") / "000001").write_bytes(b"torn")
    assert contents(pack) == MEMBERS


def test_two_members_of_one_name_are_both_there(given: Path) -> None:
    archive = make_zip(given / "a.zip", {"1.jpg": b"one", "2.jpg": b"two"})
    archive.write_bytes(archive.read_bytes().replace(b"2.jpg", b"1.jpg"))
    files = with_packs_opened(files_of_pack(archive), Unpacking(given / "unpacked"))
    assert [(file.path, file.read()) for file in files] == [("1.jpg", b"one"), ("1.jpg", b"two")]


@needs_libarchive
@pytest.mark.slow
def test_a_pack_of_a_hundred_thousand_members_is_refused_by_its_name(given: Path) -> None:
    members = {f"{n}.jpg": b"1" for n in range(100_000)}
    for make, name in ((make_zip, "a.zip"), (make_tar, "a.tar")):
        with pytest.raises(Unusable, match="too_many_files"):
            contents(make(given / name, members))


@contextmanager
def a_fresh_decoder() -> Iterator[None]:
    """Within it the child is one that was started in this environment."""
    _decoder_of.cache_clear()
    yield
    _decoder_of.cache_clear()
