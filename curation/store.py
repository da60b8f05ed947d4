"""The object store: bytes kept once, named by their SHA-256, never changed.

On the file system or in S3, whichever `STORAGES["default"]` says. Portraits, consent evidence,
pictures and release manifests all live here, so it stands beside the stages, not in one.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.deconstruct import deconstructible

from curation.files import DiskFull, whole_file


@deconstructible(path="curation.store.AtomicFileSystemStorage")
class AtomicFileSystemStorage(FileSystemStorage):
    """A file appears whole under its name or not at all, whenever the process is killed."""

    def _save(self, name: str, content: File[bytes]) -> str:
        final = Path(self.path(name))
        final.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(final) as partial, partial.open("wb") as file:
            for chunk in content.chunks():
                file.write(chunk)
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Names are digests: the same name means the same bytes, so none is ever taken."""
        return name


def require_room(num_bytes: int = 0) -> None:
    """Let nothing begin that would fill the disk by writing `num_bytes`. Raises DiskFull.

    What votes are kept in may lie on the same disk as pictures: some room is always left to it.
    """
    wanted = num_bytes + settings.KEEP_FREE_BYTES
    for folder in (Path(settings.DATA_DIR), local_root()):
        if folder and folder.is_dir() and shutil.disk_usage(folder).free < wanted:
            raise DiskFull(folder)


def put(data: bytes) -> str:
    """Keep `data` and return its SHA-256 in hex.

    Putting the same bytes again changes nothing, unless what lies there was torn: then it is
    written anew.
    """
    digest = hashlib.sha256(data).hexdigest()
    key = object_key(digest)
    if not _stands(key, data):
        default_storage.save(key, ContentFile(data))
    return digest


def size_of(digest: str) -> int | None:
    """How many bytes lie under `digest`; None when it is not there. Reads none of them."""
    try:
        return default_storage.size(object_key(digest))
    except FileNotFoundError:
        return None


def is_whole(digest: str) -> bool:
    """Whether the bytes named `digest` are there, and are those. Reads all of them."""
    try:
        with open_object(digest) as file:
            return sha256_of_file(file) == digest
    except FileNotFoundError:
        return False


def sha256_of_file(file: BinaryIO) -> str:
    """SHA-256 in hex of what is left to read, a piece at a time."""
    digest = hashlib.sha256()
    while piece := file.read(2**20):
        digest.update(piece)
    return digest.hexdigest()


def get(digest: str) -> bytes:
    """All bytes named `digest`. Raises FileNotFoundError when they are not there."""
    with open_object(digest) as file:
        return file.read()


def read(key: str) -> bytes:
    """All bytes under a key of the storage. Raises FileNotFoundError."""
    with default_storage.open(key, "rb") as file:
        data: bytes = file.read()
    return data


def open_object(digest: str) -> BinaryIO:
    """A readable file over the bytes named `digest`. Raises FileNotFoundError."""
    return default_storage.open(object_key(digest), "rb")  # type: ignore[return-value]


def local_path(digest: str) -> Path | None:
    """Where the bytes named `digest` lie, or None when the store is not on this machine."""
    root = local_root()
    return root and root / object_key(digest)


def local_root() -> Path | None:
    """The folder of the whole store, or None when it is not on this machine."""
    try:
        return Path(default_storage.path(""))
    except NotImplementedError:
        return None


def put_derived(digest: str, kind: str, data: bytes) -> None:
    """Keep what was computed from the object `digest`, such as a thumbnail, under a `kind`."""
    key = derived_key(digest, kind)
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(data))


def open_derived(digest: str, kind: str) -> BinaryIO:
    """What `put_derived` kept. Raises FileNotFoundError when it was not made yet."""
    return default_storage.open(derived_key(digest, kind), "rb")  # type: ignore[return-value]


def derived_size(digest: str, kind: str) -> int | None:
    """How many bytes `put_derived` kept; None when it was not made yet. Reads none of them."""
    try:
        return default_storage.size(derived_key(digest, kind))
    except FileNotFoundError:
        return None


def _stands(key: str, data: bytes) -> bool:
    """Whether exactly these bytes lie under the key already.

    A file is read for that, for a disk may lose what it has written; a bucket checks what it keeps
    by itself, so there its size is enough.
    """
    if not default_storage.exists(key):
        return False
    if default_storage.size(key) != len(data):
        return False
    try:
        return Path(default_storage.path(key)).read_bytes() == data
    except NotImplementedError:
        return True


def object_key(digest: str) -> str:
    """Under which key of the storage the bytes named `digest` lie."""
    return f"sha256/{digest[:2]}/{digest}"


def derived_key(digest: str, kind: str) -> str:
    return f"derived/{digest[:2]}/{digest}/{kind}"
