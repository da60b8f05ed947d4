"""Lay a release out as files, for a trainer to read."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from curation import store
from curation.files import whole_folder
from curation.releases.errors import bytes_damaged, bytes_missing
from curation.releases.manifest import (
    IMAGES_FOLDER,
    MANIFEST_FILE,
    Entry,
    Manifest,
    decode,
    digest_of,
)
from curation.releases.models import Release
from curation.releases.selectors import manifest_bytes


def materialise(
    *, release: Release, folder: Path, after_each: Callable[[], None] = lambda: None
) -> None:
    """Put the release's manifest and every exported file, checked by its digest, into `folder`.

    The folder appears whole or not at all; one that is already whole is left as it is.
    Images are hard links into the store where it is on the same disk, else copies.
    `after_each` is called after each image: it may take a while, and the caller be waited for.
    Raises ManifestDamaged, BytesMissing, BytesDamaged or DiskFull.
    """
    data = manifest_bytes(release)
    manifest = decode(data)
    if _is_whole(folder, manifest, release.manifest_sha256):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(folder) as partial:
        (partial / IMAGES_FOLDER).mkdir()
        for entry in manifest.entries:
            _place(entry, partial / IMAGES_FOLDER / entry.file)
            after_each()
        (partial / MANIFEST_FILE).write_bytes(data)


def _place(entry: Entry, path: Path) -> None:
    try:
        _link_or_copy(entry.file_sha256, path)
    except FileNotFoundError as error:
        raise bytes_missing(entry.number) from error
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != entry.file_sha256:
            raise bytes_damaged(entry.number)


def _link_or_copy(digest: str, path: Path) -> None:
    stored = store.local_path(digest)
    if stored is not None:
        try:
            os.link(stored, path)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(stored, path)
        return
    with store.open_object(digest) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _is_whole(folder: Path, manifest: Manifest, digest: str) -> bool:
    try:
        if digest_of((folder / MANIFEST_FILE).read_bytes()) != digest:
            return False
        images = folder / IMAGES_FOLDER
        return all(
            (images / entry.file).stat().st_size == entry.file_size_bytes
            for entry in manifest.entries
        )
    except FileNotFoundError:
        return False
