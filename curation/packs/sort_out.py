"""What a pack that came back says of each of its pictures. Pure: no database, no clock.

A picture is known by its number. Where number and content contradict each other, where two files
claim a number, or a folder says nothing that is known, nothing is said of that picture, and it is
reported: nothing is guessed. A slip that was saved anew may belong to other files: with it a file
counts only where its bytes are proof, and what is missing counts only where all files are proved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from curation.packs.errors import NoSlip
from curation.packs.names import LATER, Named, Said, folded, number_in_name, said_by_folders
from curation.packs.read_pack import SentFile, SentPack
from curation.packs.slip import SLIP_NAME, Handed


class Odd(StrEnum):
    """What is reported of a file."""

    FOREIGN = "foreign"
    """It has no number of this pack."""
    OTHER_NUMBER = "other_number"
    """It is, byte by byte, another picture of the pack."""
    OTHER_CONTENT = "other_content"
    """It looks quite unlike the picture of its number."""
    UNPROVED = "unproved"
    """The slip was saved anew, and these are not the bytes of any picture that it names."""
    COPY = "copy"
    """A system's second copy of a picture."""
    TWICE = "twice"
    """Files in several places have its number."""
    UNKNOWN_FOLDER = "unknown_folder"
    UNREADABLE = "unreadable"
    """Its bytes are damaged, or locked."""


@dataclass(frozen=True, slots=True)
class Report:
    """One file that is odd."""

    odd: Odd
    path: str
    number: int | None = None
    """Of which picture nothing is said because of it."""
    really: int | None = None
    """Which picture it is by its content, where that is another than its name says."""


@dataclass(frozen=True, kw_only=True)
class SortedOut:
    """What the pack says, by numbers."""

    said: Mapping[int, Said]
    gone: tuple[int, ...]
    """Not there any more, and nothing odd hints at where they went."""
    later: tuple[int, ...]
    """Nothing is to be said of them yet."""
    reports: tuple[Report, ...]
    num_resaved: int
    """Of those that it says something of, how many have other bytes than were handed out."""


LooksLike = Callable[[int, SentFile], Odd | None]
"""What is odd about the bytes of a file that claims to be that number; None when nothing is."""


@dataclass
class _Finding:
    """What is found on the way through the files."""

    places: dict[int, list[tuple[SentFile, Said]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    copies: list[tuple[int, SentFile, Said | None]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    unclear: set[int] = field(default_factory=set)

    def report(self, odd: Odd, file: SentFile, *numbers: int, really: int | None = None) -> None:
        unclear = numbers or (None,)
        self.reports += [Report(odd, file.path, number, really) for number in unclear]
        self.unclear.update(numbers)

    def unproved(self, file: SentFile, handed: Mapping[int, Handed | None]) -> None:
        named = number_in_name(file.path.rsplit("/", 1)[-1])
        is_of_pack = named is not None and named.number in handed
        self.report(Odd.UNPROVED, file, *([named.number] if named and is_of_pack else []))

    @property
    def is_any_unproved(self) -> bool:
        return any(report.odd is Odd.UNPROVED for report in self.reports)


def sort_out(pack: SentPack, folders: Mapping[str, Said], *, looks_like: LooksLike) -> SortedOut:
    """Go through the files. `folders` is what the names of folders say, `looks_like` looks at those
    whose bytes were changed. Raises NoSlip.
    """
    _require_own_folder(pack, folders)
    handed = pack.slip.files
    known = _by_content(handed)
    found = _Finding()
    for file in pack.files:
        if pack.slip.is_anew and file.handed not in known:
            found.unproved(file, handed)
        else:
            _place(file, handed, known, folders, found)
    _count_copies(found)
    said = {}
    num_resaved = 0
    for number, places in sorted(found.places.items()):
        if len({each for _, each in places}) > 1:
            for file, _ in places:
                found.report(Odd.TWICE, file, number)
        if number in found.unclear:
            continue
        file, said[number] = places[0]
        if handed[number] not in {None, file.handed}:
            if odd := looks_like(number, file):
                found.report(odd, file, number)
                del said[number]
            else:
                num_resaved += 1
    gone = handed.keys() - found.places.keys() - found.unclear
    if pack.slip.is_anew and (found.is_any_unproved or not known):
        gone = set()
    return SortedOut(
        said={number: each for number, each in said.items() if each != LATER},
        gone=tuple(sorted(gone)),
        later=tuple(number for number, each in said.items() if each == LATER),
        reports=tuple(found.reports),
        num_resaved=num_resaved,
    )


def _require_own_folder(pack: SentPack, folders: Mapping[str, Said]) -> None:
    """Where the slip lies is the pack's root: in a reason's folder it would turn all round."""
    if folded(pack.folder) in folders:
        raise NoSlip(
            _(
                "The folder that holds the file %(name)s is called as a reason's is, so what "
                "stayed and what was moved cannot be kept apart. Put the file beside the pictures, "
                "or give the pack's own folder another name, and upload again."
            )
            % {"name": SLIP_NAME}
        )


def _by_content(handed: Mapping[int, Handed | None]) -> dict[Handed, int]:
    """The numbers of contents that only one picture has."""
    numbers: dict[Handed, list[int]] = defaultdict(list)
    for number, file in handed.items():
        if file:
            numbers[file].append(number)
    return {file: each[0] for file, each in numbers.items() if len(each) == 1}


def _place(
    file: SentFile,
    handed: Mapping[int, Handed | None],
    known: Mapping[Handed, int],
    folders: Mapping[str, Said],
    found: _Finding,
) -> None:
    *parents, name = file.path.split("/")
    named = number_in_name(name)
    number = named.number if named and named.number in handed else None
    is_really = known.get(file.handed)
    if is_really is not None and is_really != number:
        both = [is_really, number] if number is not None else [is_really]
        found.report(Odd.OTHER_NUMBER, file, *both, really=is_really)
    elif file.is_beside:
        # Slip and pictures were torn apart, so nobody knows what the folders mean.
        found.report(Odd.FOREIGN, file, *([] if number is None else [number]))
    elif number is None:
        found.report(Odd.FOREIGN, file)
    else:
        _with_number(file, named, number, said_by_folders(parents, folders), found)


def _with_number(
    file: SentFile, named: Named | None, number: int, said: Said | None, found: _Finding
) -> None:
    if named and named.is_copy:
        found.copies.append((number, file, said))
    elif said is None:
        found.report(Odd.UNKNOWN_FOLDER, file, number)
    elif not file.is_sound:
        found.report(Odd.UNREADABLE, file, number)
    else:
        found.places[number].append((file, said))


def _count_copies(found: _Finding) -> None:
    """Beside its picture a copy changes nothing; else the picture is unclear."""
    for number, file, said in found.copies:
        lies_beside = [each for _, each in found.places.get(number, [])] == [said]
        found.report(Odd.COPY, file, *([] if lies_beside else [number]))
