"""libarchive, bound by `libarchive-c`, as far as packs of pictures need it. Only in the child.

What `libarchive-c` does not name itself (several parts, rar5, locks) is bound here in its way.
Formats and filters that run other programs, or that hold no pictures, are not switched on.
https://github.com/libarchive/libarchive/wiki/ManPageArchiveRead3
"""

from __future__ import annotations

import ctypes
import locale
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from curation.unpacking.joined import open_joined

BLOCK = 1024 * 1024
FORMATS = {"zip": ("zip",), "rar": ("rar", "rar5"), "7z": ("7zip",), "tar": ("tar",)}
_FILTERS = ("gzip", "bzip2", "xz", "zstd", "lzma")
_NAMES_ARE_UNICODE = (b"RAR5", b"7-Zip")
_FATAL, _EOF = -30, 1


class NoLibrary(Exception):
    """libarchive is not installed, or lacks what we need of it."""


class Broken(Exception):
    """What libarchive says of a pack or a member that it cannot read."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final
        """Whether nothing can be read behind it."""


class TooLarge(Exception):
    """More came out than may come out."""


@cache
def _library() -> Any:
    if find_library("archive") is None:
        raise NoLibrary
    try:
        from libarchive import ffi  # noqa: PLC0415, fails without the library

        pointer, names = ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p)
        ffi.ffi(
            "read_open_filenames",
            [pointer, names, ctypes.c_size_t],
            ctypes.c_int,
            ffi.check_int,
        )
        ffi.ffi("read_has_encrypted_entries", [pointer], ctypes.c_int)
        ffi.ffi("entry_is_encrypted", [pointer], ctypes.c_int)
        _ = ffi.read_add_passphrase
    except (ImportError, OSError, AttributeError) as error:
        raise NoLibrary from error
    _read_names_as_they_are()
    return ffi


def _read_names_as_they_are() -> None:
    """libarchive turns Unicode names into the locale's bytes: UTF-8, whatever the server's is."""
    for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            return


class Entry:
    """A member, from its header until the next one is asked for."""

    def __init__(self, library: Any, pointer: Any) -> None:
        mode = library.entry_filetype(pointer)
        self.raw_name: bytes = library.entry_pathname(pointer) or b""
        self.is_folder = stat.S_ISDIR(mode)
        self.is_link = stat.S_ISLNK(mode) or bool(library.entry_hardlink(pointer))
        self.is_file = mode == 0 or stat.S_ISREG(mode)
        self.is_locked = library.entry_is_encrypted(pointer) > 0
        self.size: int | None = (
            library.entry_size(pointer) if library.entry_size_is_set(pointer) else None
        )


class Archive:
    """A pack that is read from its beginning to its end. Raises NoLibrary, and Broken in the midst.

    `kind` is one of `FORMATS`.
    """

    def __init__(self, kind: str, passwords: Sequence[bytes] = ()) -> None:
        self._library = _library()
        self._kind = kind
        self._stream: BinaryIO | None = None
        self._kept: tuple[Any, ...] = ()
        self._buffer = ctypes.create_string_buffer(BLOCK)
        self._pointer = self._library.read_new()
        for name in FORMATS[kind]:
            self._library.get_read_format_function(name)(self._pointer)
        for name in _FILTERS if kind == "tar" else ():
            self._library.get_read_filter_function(name)(self._pointer)
        for password in passwords:
            self._call(self._library.read_add_passphrase, password)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._library.read_free(self._pointer)
        if self._stream:
            self._stream.close()

    def open_bytes(self, data: bytes) -> None:
        """Read from memory."""
        self._kept = (data,)
        self._call(self._library.read_open_memory, data, len(data))

    def open_parts(self, parts: Sequence[Path]) -> None:
        """Read a file, or all parts of one. Parts of a rar are packs of their own."""
        if self._kind == "rar":
            names = [str(part).encode("utf-8", "surrogateescape") for part in parts]
            array = (ctypes.c_char_p * (len(names) + 1))(*names, None)
            self._call(self._library.read_open_filenames, array, BLOCK)
        else:
            self._open_stream(open_joined(parts))

    def _open_stream(self, stream: BinaryIO) -> None:
        """libarchive 3.6 crashes at a compressed tar in several files, so it is shown one."""
        library, buffer = self._library, ctypes.create_string_buffer(BLOCK)
        self._stream = stream

        def read(_archive: Any, _context: Any, where: Any) -> int:
            try:
                num = stream.readinto(buffer)  # type: ignore[attr-defined]  # a buffered reader's
            except OSError:
                return _FATAL
            where[0] = ctypes.addressof(buffer)
            return int(num)

        def seek(_archive: Any, _context: Any, offset: int, whence: int) -> int:
            try:
                return stream.seek(offset, whence)
            except (OSError, ValueError):
                return _FATAL

        callbacks = library.READ_CALLBACK(read), library.SEEK_CALLBACK(seek)
        self._kept = (*callbacks, buffer)
        self._call(library.read_set_seek_callback, callbacks[1])
        self._call(library.read_open, None, library.NO_OPEN_CB, callbacks[0], library.NO_CLOSE_CB)

    def next(self) -> Entry | None:
        """The next member; None behind the last."""
        pointer = ctypes.c_void_p()
        if self._call(self._library.read_next_header, ctypes.byref(pointer)) == _EOF:
            return None
        return Entry(self._library, pointer)

    def blocks(self, entry: Entry, most_bytes: int) -> Iterator[bytes]:
        """The bytes of the member at hand. Raises TooLarge, and Broken if there are less of them.

        Of a pack whose next part is missing, libarchive gives less and says nothing.
        """
        buffer = self._buffer
        total = 0
        while num := self._call(self._library.read_data, buffer, BLOCK):
            if num < 0:  # only a warning to libarchive: a checksum that is wrong
                raise Broken("wrong checksum")
            total += num
            if total > most_bytes:
                raise TooLarge
            yield ctypes.string_at(buffer, num)
        if entry.size is not None and total != entry.size:
            raise Broken("less than declared")

    @property
    def is_locked(self) -> bool:
        """Whether libarchive has seen that it is, at all or in parts."""
        return bool(self._library.read_has_encrypted_entries(self._pointer) > 0)

    @property
    def names_are_unicode(self) -> bool:
        """Whether the format says how its names are written."""
        name: bytes = self._library.format_name(self._pointer) or b""
        return name.startswith(_NAMES_ARE_UNICODE)

    def _call(self, function: Any, *arguments: Any) -> int:
        try:
            return int(function(self._pointer, *arguments))
        except self._library.ArchiveError as error:
            raise Broken(str(error), is_final=error.retcode == _FATAL) from error
