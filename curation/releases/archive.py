"""A release as one zip file, the same bytes every time, made while it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

from curation import store
from curation.releases.card import CARDS, card_of
from curation.releases.errors import bytes_damaged, bytes_missing
from curation.releases.manifest import IMAGES_FOLDER, MANIFEST_FILE, Manifest, digest_of, encode
from curation.releases.summary import summary_csv
from curation.streamed_zip import length_of_zip, zip_in_pieces

READ_BEFORE_BYTES = 2**30
"""Files of so many bytes together are read once before they are sent: a second or two."""
CHECKSUMS_FILE = "SHA256SUMS"
_ASKED_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Archive:
    """A zip that is made while it is sent."""

    identity: str
    """What is the same exactly where every byte is."""
    length: int
    """Bytes of the whole of it, known before the first is made."""
    pieces: Iterator[bytes]


def archive_of(manifest: Manifest, *, subject_name: str, originals: bool = False) -> Archive:
    """The zip of a release in pieces, one image at a time: nothing large is held in memory.

    It holds `manifest.jsonl`, `SHA256SUMS` (for `sha256sum -c`), `summary.csv`, the set's card in
    both languages (`card.py`) and `images/`: the pictures without their metadata, or the
    `originals` as they were imported.
    The pieces raise BytesMissing or BytesDamaged in the middle, which breaks the download off:
    better none than a wrong one. `require_files_whole` finds most of that before.
    """
    files = files_of(manifest, originals=originals)
    listing = encode(manifest)
    texts = _texts_of(files, listing, _about(manifest, digest_of(listing), subject_name))
    members = chain(texts.items(), ((_place_of(file), read_verified(file)) for file in files))
    lengths = chain(
        ((name, len(text)) for name, text in texts.items()),
        ((_place_of(file), file.size_bytes) for file in files),
    )
    # Its own checksums name every picture, and all that lies beside them but themselves.
    return Archive(
        identity=hashlib.sha256(texts[CHECKSUMS_FILE]).hexdigest(),
        length=length_of_zip(lengths),
        pieces=zip_in_pieces(members),
    )


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


def _place_of(file: ExportedFile) -> str:
    return f"{IMAGES_FOLDER}/{file.name}"


def _about(manifest: Manifest, digest: str, subject_name: str) -> dict[str, bytes]:
    """What tells of the set, by name."""
    about = {"summary.csv": summary_csv(subject_name, manifest.entries)}
    for name, language in CARDS.items():
        about[name] = card_of(manifest, subject_name=subject_name, digest=digest, language=language)
    return about


def _texts_of(
    files: list[ExportedFile], listing: bytes, about: dict[str, bytes]
) -> dict[str, bytes]:
    """What lies beside the pictures, by name, in its order."""
    sums = [(MANIFEST_FILE, hashlib.sha256(listing).hexdigest())]
    sums += [(name, hashlib.sha256(content).hexdigest()) for name, content in about.items()]
    sums += [(_place_of(file), file.sha256) for file in files]
    checksums = "".join(f"{digest}  {name}\n" for name, digest in sums).encode()
    return {MANIFEST_FILE: listing, CHECKSUMS_FILE: checksums, **about}
