"""A zip that is made while it is sent, member by member, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can hold. The real time would make every zip differ."""


def zip_in_pieces(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The zip of these names and bytes, nothing packed, one member at a time.

    A name that ends in `/` is an empty folder. No more than one member is held in memory. What
    `members` raises breaks the zip off: better none than a wrong one.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, strict_timestamps=True) as archive:
        for name, data in members:
            archive.writestr(_member(name), data)
            yield sink.take()
    yield sink.take()


def length_of_zip(members: Iterable[tuple[str, int]]) -> int:
    """How many bytes `zip_in_pieces` gives of members with these names and lengths in bytes.

    What stands where in a zip: PKWARE, "APPNOTE.TXT", 4.3 and 4.5.3. When numbers take the wider
    form is zipfile's choice.
    """
    position = directory = num = 0
    for name, size in members:
        bytes_of_name = len(name.encode())
        is_wide = size * 1.05 > zipfile.ZIP64_LIMIT
        wide_fields = 2 * (size > zipfile.ZIP64_LIMIT) + (position > zipfile.ZIP64_LIMIT)
        directory += 46 + bytes_of_name + (4 + 8 * wide_fields if wide_fields else 0)
        position += 30 + bytes_of_name + (20 if is_wide else 0) + size
        num += 1
    is_wide = num > zipfile.ZIP_FILECOUNT_LIMIT or max(position, directory) > zipfile.ZIP64_LIMIT
    return position + directory + 22 + (56 + 20 if is_wide else 0)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=_DATE)
    member.create_system = 3  # Unix, wherever it is made
    mode = 0o040755 if member.is_dir() else 0o100644
    member.external_attr = mode << 16 | (0x10 if member.is_dir() else 0)
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
