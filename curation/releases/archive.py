"""A release as one zip file, the same bytes every time, made while it is sent."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator

from curation import store
from curation.releases.errors import bytes_damaged, bytes_gone
from curation.releases.manifest import IMAGES_FOLDER, MANIFEST_FILE, Entry, Manifest, encode
from curation.releases.summary import summary_csv

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can hold. The real time would make every export differ."""


def archive_of(manifest: Manifest, *, subject_name: str) -> Iterator[bytes]:
    """The zip of a release in pieces, one image at a time: nothing large is held in memory.

    It holds `manifest.jsonl`, `SHA256SUMS` (for `sha256sum -c`), `summary.csv` and `images/`.
    Raises BytesGone or BytesDamaged in the middle, which breaks the download off: better none
    than a wrong one.
    """
    listing = encode(manifest)
    summary = summary_csv(subject_name, manifest.entries)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, strict_timestamps=True) as archive:
        for name, data in _members(manifest, listing, summary):
            archive.writestr(_member(name), data)
            yield sink.take()
    yield sink.take()


def read_verified(entry: Entry) -> bytes:
    """The released bytes of an image, proven to be those. Raises BytesGone or BytesDamaged."""
    try:
        data = store.get(entry.sha256)
    except FileNotFoundError as error:
        raise bytes_gone(entry.number) from error
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise bytes_damaged(entry.number)
    return data


def _members(manifest: Manifest, listing: bytes, summary: bytes) -> Iterator[tuple[str, bytes]]:
    sums = [(MANIFEST_FILE, hashlib.sha256(listing).hexdigest())]
    sums += [("summary.csv", hashlib.sha256(summary).hexdigest())]
    sums += [(f"{IMAGES_FOLDER}/{entry.file}", entry.sha256) for entry in manifest.entries]
    checksums = "".join(f"{digest}  {name}\n" for name, digest in sums).encode()
    yield MANIFEST_FILE, listing
    yield "SHA256SUMS", checksums
    yield "summary.csv", summary
    for entry in manifest.entries:
        yield f"{IMAGES_FOLDER}/{entry.file}", read_verified(entry)


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
