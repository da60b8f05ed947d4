"""Opens the packs among found files, packs in packs too, and gives their members as found files.

A zip's members are read where they lie (`zip_file.py`). All other packs are unpacked into the
import's own folder first, by libarchive in the child that may die of it; whoever goes on with an
import that was killed finds there what is unpacked already. In both, the same packs give the same
members in the same order, so numbers are the same however often an import is begun.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from curation import store
from curation.files import whole_file
from curation.sources.asking import NAMES_SHOWN, Asked, UnsureNames
from curation.sources.encodings import fingerprint, read_name, readable_in, unsure_of
from curation.sources.kinds.found import FoundFile, in_order
from curation.sources.kinds.left_out import is_system_file
from curation.sources.kinds.members import Member, leads_out
from curation.sources.kinds.turned_up import as_picture
from curation.sources.kinds.unpacked import members_of_unpacked
from curation.sources.kinds.unpacking import Unpacking
from curation.sources.kinds.zip_file import members_of_zip
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Details, Unusable
from curation.unpacking.formats import PackFormat, format_of_files, is_read_from_disk
from curation.unpacking.volumes import split_packs

MAX_DEPTH = 3
"""Packs in packs in packs are opened; what lies deeper is named."""


@dataclass(frozen=True, kw_only=True)
class _Pack:
    path: str
    """What it is called where it was found."""
    files: tuple[FoundFile, ...]
    """It, or its parts."""
    missing: tuple[str, ...] = ()
    format: PackFormat

    @property
    def parts(self) -> list[Path]:
        return [file.on_disk for file in self.files if file.on_disk]


def with_packs_opened(
    found: Sequence[FoundFile], unpacking: Unpacking, *, always_named: bool = False
) -> list[FoundFile]:
    """The found files in their order, but the members of a pack, in natural order, in its place.

    The paths of members begin with their pack's, unless it is all that there is, and even then if
    it is `always_named`. A pack that cannot be opened is there itself, with what is wrong with it.
    Raises Asked when a person must say more about them; Unusable when there are too many files; and
    OSError when the machine is in trouble.
    """
    packs, others = _packs_among(found, unpacking)
    unpacking.let_grow(sum(file.size for pack in packs for file in pack.files))
    unpacking.count(_num_of_people(others))
    is_bare = len(packs) == 1 and not others and not always_named
    in_place = {id(file): [file] for file in others}
    for pack in packs:
        prefix = "" if is_bare else f"{pack.path}/"
        in_place[id(pack.files[0])] = in_order(_opened(pack, prefix, unpacking, depth=1))
        unpacking.opened.append((pack.path, pack.files))
    if unpacking.question:
        raise Asked(unpacking.question)
    return [file for each in found for file in in_place.get(id(each), ())]


def _packs_among(
    found: Sequence[FoundFile], unpacking: Unpacking
) -> tuple[list[_Pack], list[FoundFile]]:
    """The packs, those in several parts put together, and everything else."""
    by_path = {file.path: file for file in found if _lies_here(file)}
    packs: list[_Pack] = []
    taken: set[str] = set()
    for split in split_packs(list(by_path)):
        files = tuple(by_path[part] for part in split.parts)
        pack_format = _format(files) or (PackFormat.FOREIGN if split.missing else None)
        if pack_format:
            packs.append(
                _Pack(path=split.name, files=files, missing=split.missing, format=pack_format)
            )
            taken.update(split.parts)
    others = []
    for file in found:
        if file.path in taken:
            continue
        if _lies_here(file) and (pack_format := _format((file,))):
            packs.append(_Pack(path=file.path, files=(file,), format=pack_format))
        else:
            others.append(file)
    return packs, others


def _lies_here(file: FoundFile) -> bool:
    return file.problem is None and file.on_disk is not None


def _format(files: Sequence[FoundFile]) -> PackFormat | None:
    try:
        return format_of_files(files[0].name, [file.on_disk for file in files if file.on_disk])
    except OSError:
        return None  # whoever reads it will say what is wrong


def _opened(pack: _Pack, prefix: str, unpacking: Unpacking, *, depth: int) -> list[FoundFile]:
    """Everything in the pack; the pack itself where it cannot be opened, or not all of it."""
    if pack.missing:
        details: Details = {"missing": ", ".join(pack.missing[:5])}
        return [_named(f.path, ProblemCode.PARTS_MISSING, details) for f in pack.files]
    try:
        members, problem = _members_of(pack, unpacking, depth)
    except Unusable as unusable:
        if unusable.problem == ProblemCode.TOO_MANY_FILES:
            raise
        return [_named(pack.path, unusable.problem, unusable.details)]
    if not members and not problem:
        problem = ProblemCode.EMPTY_PACK
    found = list(_files_of(members, prefix, pack, unpacking))
    if problem:
        found.append(_named(pack.path, problem))
    inner, files = _packs_among(found, unpacking)
    unpacking.count(_num_of_people(files))
    for each in inner:
        files += _opened(each, f"{each.path}/", unpacking, depth=depth + 1)
    return files


def _num_of_people(files: Sequence[FoundFile]) -> int:
    return sum(not is_system_file(file.path) for file in files)


def _named(path: str, problem: ProblemCode, details: Details | None = None) -> FoundFile:
    return FoundFile(path=path, size=0, problem=problem, details=details or {}, open_bytes=bytes)


def _members_of(
    pack: _Pack, unpacking: Unpacking, depth: int
) -> tuple[list[Member], ProblemCode | None]:
    """What is in the pack, and what went wrong before its end. Raises Unusable, OSError."""
    if pack.format == PackFormat.FOREIGN:
        raise Unusable(ProblemCode.UNKNOWN_PACK)
    if depth > MAX_DEPTH:
        raise Unusable(ProblemCode.TOO_DEEP)
    if pack.format == PackFormat.ZIP:
        find_password = partial(unpacking.find_password, pack.path)
        return members_of_zip(pack.parts, find_password), None
    return members_of_unpacked(pack.path, pack.parts, pack.format, unpacking)


def _files_of(
    members: Sequence[Member], prefix: str, pack: _Pack, unpacking: Unpacking
) -> Iterator[FoundFile]:
    """The members under the names that their bytes say, in the encoding of the whole pack."""
    texts = _names_of(members, pack, unpacking)
    for place, (member, text) in enumerate(zip(members, texts, strict=True)):
        path = member.path_from(text)
        if path.endswith("/"):
            continue
        problem, on_disk = member.problem, member.on_disk
        if leads_out(path):
            problem = ProblemCode.UNSAFE_PATH
        here = unpacking.place_of(str(pack.parts[0]), str(place))
        is_wanted = on_disk is None and (is_read_from_disk(path) or here.exists())
        if problem is None and is_wanted and not is_system_file(path):
            try:
                on_disk = _laid_down(member, here, unpacking)
            except Unusable as unusable:
                problem = unusable.problem
        yield FoundFile(
            path=prefix + path,
            size=member.size,
            problem=problem,
            open_bytes=partial(_read, member, path, here, unpacking),
            on_disk=on_disk,
            raw_name=b"" if member.raw_name == text.encode() else member.raw_name,
            origin=pack.files[0].origin,
        )


def _read(member: Member, path: str, here: Path, unpacking: Unpacking) -> bytes:
    data = b"".join(member.chunks())
    is_told = member.on_disk is not None or here.exists()
    return data if is_told else as_picture(data, path, here, unpacking)


def _names_of(members: Sequence[Member], pack: _Pack, unpacking: Unpacking) -> list[str]:
    """What the members are called. What nobody has said becomes part of the question."""
    untold = [n for n, member in enumerate(members) if member.text is None]
    unsure = [untold[n] for n in unsure_of([members[n].raw_name for n in untold])]
    raw_names = [members[n].raw_name for n in unsure]
    encoding, is_known = unpacking.answers.encoding_for(raw_names) if unsure else (None, True)
    if encoding and not is_known:
        first = [raw for raw in raw_names if not raw.endswith(b"/")] or raw_names
        unpacking.question.names.append(
            UnsureNames(
                key=fingerprint(raw_names),
                pack=pack.path,
                num=len(raw_names),
                guess=encoding,
                possible=tuple(readable_in(raw_names)),
                raw_names=tuple(first[:NAMES_SHOWN]),
            )
        )
    texts = [member.text if member.text is not None else "" for member in members]
    for n in untold:
        texts[n] = members[n].raw_name.decode(errors="replace")
    for n in unsure:
        texts[n] = read_name(members[n].raw_name, encoding)
    return texts


def _laid_down(member: Member, path: Path, unpacking: Unpacking) -> Path:
    """A pack or film within a zip as a file of its own, so that it can be looked into."""
    unpacking.room -= member.size
    if unpacking.room < 0:
        raise Unusable(ProblemCode.PACK_BOMB)
    if not path.exists():
        store.require_room(member.size)
        unpacking.folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial_path, partial_path.open("wb") as file:
            for piece in member.chunks():
                file.write(piece)
                unpacking.while_waiting()
    return path
