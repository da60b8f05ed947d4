"""A release's manifest: one canonical line of JSON for the set, then one for each image.

The same set always gives the same bytes, as RFC 8785 has them: keys sorted, no spaces, UTF-8 as it
is, numbers as ECMAScript writes them; lines ended by one newline, images in the order of their
numbers. Pure: no database, no files.

Also the names of a release's files where it is laid out: the site writes them, a trainer reads
them, and so does who makes a run folder of pictures that no site has seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

FORMAT = "winnow-release/3"
"""Of each image also where it was found, how it was decided and where its face is."""
FORMAT_2 = "winnow-release/2"
"""Each image under two digests: of what was imported, and of the file that leaves the site."""
FORMAT_1 = "winnow-release/1"
"""Before pictures left without their metadata: what was imported and the file are the same."""
REDRAWN_ENDING = ".png"
MANIFEST_FILE = "manifest.jsonl"
IMAGES_FOLDER = "images"
_SMALLEST, _EXACT = 1e-4, 2**53
"""Between these, Python and ECMAScript write numbers alike."""
LANDMARKS_FILE = "landmarks.npz"
"""Lies beside the manifest only where the faces' landmarks were known beforehand."""


class ManifestBroken(ValueError):
    """These bytes are not a manifest that `encode` has made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What the set is: whose pictures, and by which rule they were kept."""

    project: str
    subject: str
    rule: str
    format: str = FORMAT
    selection: Mapping[str, Any] | None = None
    """By which settings some of the kept were chosen, see `selection.py`; None where all are in."""
    landmarks_sha256: str | None = None
    """Digest of the landmarks' file, where there is one; the site's releases have none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One place that a picture was found in."""

    source: str
    path: str
    """As `Provenance` has it, and so are the next."""
    milliseconds: int | None = None
    """Of a frame: its film's time code."""
    page: str = ""
    author: str = ""
    licence: str = ""
    """On what basis it may be kept: what is noted of the place itself, else of its source."""

    @property
    def order(self) -> tuple[str, str, int, str, str, str]:
        """By which a picture's places are sorted."""
        at = -1 if self.milliseconds is None else self.milliseconds
        return self.source, self.path, at, self.page, self.author, self.licence


@dataclass(frozen=True, kw_only=True, slots=True)
class DecidedBy:
    """How it came that the image was kept."""

    is_ruling: bool
    """Whether an organiser settled it; else the votes decided by the header's rule. Of what was
    settled no vote is told: whoever reads a manifest may be asked for theirs yet."""
    keep: int
    reject: int
    unsure: int
    votes_sha256: str
    """Of what was voted, without who did: see `digest_of_votes`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FaceAt:
    """Where the largest face is, in pixels of the upright picture, and how it is turned."""

    box: tuple[float, float, float, float]
    """left, top, right, bottom."""
    x: float
    """Centre of the core, the square that the mean face fills from brow to lip, as laid on it."""
    y: float
    side: float
    """Of the core."""
    turn: float
    """Degrees by which the core is turned clockwise in the picture."""
    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One kept image as it was when the set was frozen."""

    number: int
    name: str
    """Exactly as imported."""
    file: str
    """What it is called on export: `00042_原名.jpg`."""
    file_sha256: str
    """Of that file, which is the picture without its metadata."""
    file_size_bytes: int
    sha256: str
    """Of the original: the bytes that were imported."""
    size_bytes: int
    width: int
    height: int
    sources: tuple[str, ...]
    """Labels of every source that it was found in, sorted."""
    redrawn: bool = False
    """Whether the file is a PNG made of the original's pixels, for nothing could be taken out of
    the original itself."""
    places: tuple[Place, ...] = ()
    """Sorted by their `order`. Manifests of earlier formats name none, nor what is below."""
    decided: DecidedBy | None = None
    face: FaceAt | None = None
    """None without a face, and where nobody had looked."""
    held_out: bool = False
    """Whether no run may train on it, so that what it learnt can be measured by it."""

    @property
    def original_file(self) -> str:
        """What the original is called where originals are exported."""
        return self.file.removesuffix(REDRAWN_ENDING) if self.redrawn else self.file


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    header: Header
    entries: tuple[Entry, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of all exported files together."""
        return sum(entry.file_size_bytes for entry in self.entries)

    @property
    def names_originals_alone(self) -> bool:
        """Whether it knows of no files without metadata, so that its pictures are originals."""
        return self.header.format == FORMAT_1

    @property
    def num_held_out(self) -> int:
        return sum(entry.held_out for entry in self.entries)


def encode(manifest: Manifest) -> bytes:
    """The canonical bytes of a manifest. Raises ValueError when a number comes twice."""
    written_as = manifest.header.format
    lines = {entry.number: encode_entry(entry, written_as) for entry in manifest.entries}
    if len(lines) != len(manifest.entries):
        raise ValueError("a number comes twice in this manifest")
    return join_lines(manifest.header, lines)


def join_lines(header: Header, lines: Mapping[int, bytes]) -> bytes:
    """The canonical bytes of the manifest whose images' lines are known, by number."""
    in_order = (lines[number] for number in sorted(lines))
    return b"".join((_canonical(_first_line_of(header)), *in_order))


def encode_entry(entry: Entry, written_as: str = FORMAT) -> bytes:
    """An image's own line, which depends on no other image."""
    line = _line_of(entry)
    if written_as == FORMAT_1:
        del line["file_sha256"], line["file_bytes"]
    if written_as == FORMAT:
        line |= _known_since_3(entry)
    return _canonical(line)


def decode(data: bytes) -> Manifest:
    """The manifest that these bytes hold. Raises ManifestBroken."""
    try:
        first, *rest = [json.loads(line) for line in data.splitlines()]
        if first["format"] not in {FORMAT, FORMAT_2, FORMAT_1}:
            raise ManifestBroken(f"this is no {FORMAT} manifest but {first['format']!r}")
        header = Header(
            project=first["project"],
            subject=first["subject"],
            rule=first["rule"],
            format=first["format"],
            selection=first.get("selection"),
            landmarks_sha256=first.get("landmarks_sha256"),
        )
        entries = tuple(_entry_of(line, header.format) for line in rest)
        return Manifest(header=header, entries=entries)
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestBroken(f"this is not a release manifest: {error}") from error


def digest_of(data: bytes) -> str:
    """SHA-256 of a manifest's bytes, in hex: the name of the set."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What sets a newer manifest apart from an older one, by image number."""

    added: tuple[int, ...]
    removed: tuple[int, ...]
    changed: tuple[int, ...]
    """In both, but found elsewhere, decided otherwise, or seen otherwise than before."""
    rule_changed: bool

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.rule_changed)


def compare(older: Manifest | None, newer: Manifest) -> Difference:
    """What changed from `older` to `newer`; without an older one all images are new."""
    is_told_alike = older is not None and older.header.format == newer.header.format
    told = (lambda entry: entry) if is_told_alike else _as_in_format_2
    before = {entry.number: told(entry) for entry in older.entries} if older else {}
    after = {entry.number: told(entry) for entry in newer.entries}
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            sorted(
                number for number in after.keys() & before.keys() if after[number] != before[number]
            )
        ),
        rule_changed=older is not None and older.header.rule != newer.header.rule,
    )


def digest_of_votes(votes: Iterable[tuple[str, str, int]]) -> str:
    """SHA-256 of votes on an image: of each the verdict, its reasons joined by commas, and the
    version of the manual. Who cast them is no part of it, nor is their order."""
    return hashlib.sha256(_canonical(sorted([list(vote) for vote in votes]))).hexdigest()


def _as_in_format_2(entry: Entry) -> Entry:
    """All that manifests of two formats say of an image."""
    return replace(entry, places=(), decided=None, face=None, held_out=False)


def _first_line_of(header: Header) -> dict[str, Any]:
    line: dict[str, Any] = {
        "format": header.format,
        "project": header.project,
        "subject": header.subject,
        "rule": header.rule,
    }
    if header.selection is not None:
        line["selection"] = dict(header.selection)
    if header.landmarks_sha256 is not None:
        line["landmarks_sha256"] = header.landmarks_sha256
    return line


def _line_of(entry: Entry) -> dict[str, Any]:
    line = {
        "number": entry.number,
        "name": entry.name,
        "file": entry.file,
        "file_sha256": entry.file_sha256,
        "file_bytes": entry.file_size_bytes,
        "sha256": entry.sha256,
        "bytes": entry.size_bytes,
        "width": entry.width,
        "height": entry.height,
        "sources": sorted(entry.sources),
    }
    return line | {"redrawn": True} if entry.redrawn else line


def _known_since_3(entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {"places": [_told(asdict(place)) for place in entry.places]}
    if entry.decided is not None:
        line["decided"] = asdict(entry.decided)
    if entry.face is not None:
        line["face"] = asdict(entry.face)
    return line | {"held_out": True} if entry.held_out else line


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """Source and path, and those of the others that say anything."""
    return {
        key: value
        for key, value in fields.items()
        if key in {"source", "path"} or value not in (None, "")
    }


def _entry_of(line: dict[str, Any], written_as: str) -> Entry:
    originals = "sha256", "bytes"
    digest, size = originals if written_as == FORMAT_1 else ("file_sha256", "file_bytes")
    return Entry(
        number=line["number"],
        name=line["name"],
        file=_plain(line["file"]),
        file_sha256=line[digest],
        file_size_bytes=line[size],
        sha256=line["sha256"],
        size_bytes=line["bytes"],
        width=line["width"],
        height=line["height"],
        sources=tuple(line["sources"]),
        redrawn=line.get("redrawn", False),
        places=tuple(Place(**place) for place in line.get("places", ())),
        decided=DecidedBy(**line["decided"]) if "decided" in line else None,
        face=_face_of(line["face"]) if "face" in line else None,
        held_out=line.get("held_out", False),
    )


def _face_of(fields: dict[str, Any]) -> FaceAt:
    box = tuple(float(side) for side in fields.pop("box"))
    return FaceAt(box=box, **{key: float(value) for key, value in fields.items()})  # type: ignore[arg-type]  # four


def _plain(file: str) -> str:
    """A file's name as it is. Raises ManifestBroken when it would lead out of its folder."""
    if PurePath(file).name != file or file in {"", ".", ".."}:
        raise ManifestBroken(f"{file!r} is no plain file name")
    return file


def _canonical(line: Any) -> bytes:
    """RFC 8785's bytes and a newline; a test holds them against the library of that name, which
    takes five times as long. Raises ValueError for numbers that Python would write otherwise."""
    plain = _plain_numbers(line)
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _plain_numbers(value: Any) -> Any:
    """The same with whole floats as integers, as ECMAScript writes them: 2.0 is 2."""
    if isinstance(value, dict):
        return {key: _plain_numbers(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_numbers(each) for each in value]
    if isinstance(value, float):
        if value.is_integer() and abs(value) <= _EXACT:
            return int(value)
        if not _SMALLEST <= abs(value) <= _EXACT:
            raise ValueError(f"{value!r} has more digits than a manifest holds")
    return value
