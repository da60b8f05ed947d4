"""A release as one zip file, the same bytes every time, made while it is sent."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from curation import store
from curation.releases.errors import bytes_damaged, bytes_missing
from curation.releases.manifest import IMAGES_FOLDER, MANIFEST_FILE, Manifest, encode
from curation.releases.summary import summary_csv

READ_BEFORE_BYTES = 2**30
"""Files of so many bytes together are read once before they are sent: a second or two."""
_ASKED_AT_ONCE = 8
_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can hold. The real time would make every export differ."""


def archive_of(
    manifest: Manifest, *, subject_name: str, originals: bool = False
) -> Iterator[bytes]:
    """The zip of a release in pieces, one image at a time: nothing large is held in memory.

    It holds `manifest.jsonl`, `SHA256SUMS` (for `sha256sum -c`), `summary.csv` and `images/`:
    the pictures without their metadata, or the `originals` as they were imported.
    Raises BytesMissing or BytesDamaged in the middle, which breaks the download off: better none
    than a wrong one. `require_files_whole` finds most of that before.
    """
    files = files_of(manifest, originals=originals)
    listing = encode(manifest)
    summary = summary_csv(subject_name, manifest.entries)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, strict_timestamps=True) as archive:
        for name, data in _members(files, listing, summary):
            archive.writestr(_member(name), data)
            yield sink.take()
    yield sink.take()


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One picture of an export."""

    number: int
    name: str
    sha256: str
    size_bytes: int


def files_of(manifest: Manifest, *, originals: bool) -> list[ExportedFile]:
    """The files that an export of the release holds, without metadata or as imported."""
    return [
        ExportedFile(entry.number, entry.original_file, entry.sha256, entry.size_bytes)
        if originals
        else ExportedFile(entry.number, entry.file, entry.file_sha256, entry.file_size_bytes)
        for entry in manifest.entries
    ]


def require_files_whole(files: list[ExportedFile]) -> None:
    """Refuse an export that would break off in the middle, before its first byte.

    All must be there in their full lengths; of a set that is read in a few seconds every byte is
    looked at as well. Raises BytesMissing or BytesDamaged.
    """
    read_all = sum(file.size_bytes for file in files) <= READ_BEFORE_BYTES
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:  # a bucket answers each after a while
        sizes = pool.map(store.size_of, (file.sha256 for file in files))
        for file, size in zip(files, sizes, strict=True):
            if size is None:
                raise bytes_missing(file.number)
            if size != file.size_bytes or (read_all and not store.is_whole(file.sha256)):
                raise bytes_damaged(file.number)


def read_verified(file: ExportedFile) -> bytes:
    """The bytes of a file, proven to be those. Raises BytesMissing or BytesDamaged."""
    try:
        data = store.get(file.sha256)
    except FileNotFoundError as error:
        raise bytes_missing(file.number) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise bytes_damaged(file.number)
    return data


def _members(
    files: list[ExportedFile], listing: bytes, summary: bytes
) -> Iterator[tuple[str, bytes]]:
    sums = [(MANIFEST_FILE, hashlib.sha256(listing).hexdigest())]
    sums += [("summary.csv", hashlib.sha256(summary).hexdigest())]
    sums += [(f"{IMAGES_FOLDER}/{file.name}", file.sha256) for file in files]
    checksums = "".join(f"{digest}  {name}\n" for name, digest in sums).encode()
    yield MANIFEST_FILE, listing
    yield "SHA256SUMS", checksums
    yield "summary.csv", summary
    for file in files:
        yield f"{IMAGES_FOLDER}/{file.name}", read_verified(file)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=_DATE)
    member.create_system = 3  # Unix, wherever it is made
    member.external_attr = 0o100644 << 16
    return member


class _Sink(io.RawIOBase):
    """Takes what zipfile writes and gives it away member by member.

    It lets zipfile go back within the member at hand, to write its checksum before its bytes.
    A sink that cannot seek would get them behind the bytes, which not every unzip program reads.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._taken = 0
        self._position = 0

    def take(self) -> bytes:
        """Everything written since the last call."""
        piece = bytes(self._pending)
        self._taken += len(piece)
        self._pending.clear()
        return piece

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        at = self._position - self._taken
        self._pending[at : at + len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence != io.SEEK_SET or offset < self._taken:
            raise io.UnsupportedOperation("only within what was not given away yet")
        self._position = offset
        return offset

    def tell(self) -> int:
        return self._position

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True
