"""A release as one zip file, the same bytes every time, made while it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from curation import store
from curation.releases.errors import bytes_damaged, bytes_missing
from curation.releases.manifest import IMAGES_FOLDER, MANIFEST_FILE, Manifest, encode
from curation.releases.summary import summary_csv
from curation.streamed_zip import zip_in_pieces

READ_BEFORE_BYTES = 2**30
"""Files of so many bytes together are read once before they are sent: a second or two."""
_ASKED_AT_ONCE = 8


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
    return zip_in_pieces(_members(files, listing, summary))


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
