"""Take found files into a subject's collection, the rows of several in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TypeVar

from django.db import DatabaseError, transaction

from curation import store
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.images.add_images import Measured, NewImage, add_images
from curation.images.bare_copies import BareCopy, bare_of, keep_bare
from curation.images.models import Image
from curation.jobs import LeaseLost
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.names import storable
from curation.sources.models import ImportProblem, ImportRun, Provenance
from curation.sources.problems import MAX_PATH_BYTES, ProblemCode, Unusable
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.vision.bare.strip import Bare
from curation.vision.decode import Measures, Unreadable, measure
from curation.vision.hashes import sha256_of

logger = logging.getLogger(__name__)

_LIMITS = Limits(seconds=10, megabytes=2000)
"""Half of what the site gives a smaller copy: what is taken in can also be shown."""

SECONDS_UNTIL_STORED = 2.0
"""What was looked into for so long is stored before the next file is looked into."""

WRITERS = 4
"""Files that are written at the same time: disks, and S3 more so, are waited for."""

Value = TypeVar("Value")


def take_in(
    *,
    import_run: ImportRun,
    files: Sequence[FoundFile],
    while_waiting: Callable[[], object] = lambda: None,
) -> None:
    """Keep the files' bytes once, number the new ones in order, and note where they were found.

    The bytes of all `files` are held in memory at once. What cannot be used becomes a problem of
    the import. Doing it again changes nothing, but bytes that were lost or torn in the store since
    are whole again. Bytes are in the store before the rows that name them. `while_waiting` is
    called before each file, and every second while one is decoded.
    Raises ConsentMissing; what `while_waiting` raises; and OSError or an error of the database when
    the machine is in trouble, which says nothing of any file. What was stored before stays.
    """
    batch = _Batch(import_run)
    read = [each for file in files if (each := batch.attempt(file, partial(_read, file)))]
    known = _known_images(import_run, [each.digest for each in read])
    since = monotonic()
    for each in read:
        while_waiting()
        look = partial(_looked_into, each, known.get(each.digest), while_waiting)
        if fit := batch.attempt(each.file, look):
            batch.fit.append(fit)
        if monotonic() - since > SECONDS_UNTIL_STORED:
            batch.store()
            since = monotonic()
    batch.store()


@dataclass(frozen=True, eq=False)
class _Read:
    """A file and its bytes."""

    file: FoundFile
    data: bytes
    digest: str


@dataclass(frozen=True, eq=False)
class _Fit:
    """A file that can be taken in, measured, with its bytes without metadata."""

    read: _Read
    measures: Measures
    bare: Bare


def _read(file: FoundFile) -> _Read:
    data = file.read()
    return _Read(file, data, sha256_of(data))


def _known_images(import_run: ImportRun, digests: Sequence[str]) -> dict[str, Image]:
    images = Image.objects.filter(subject=import_run.source.subject_id, sha256__in=set(digests))
    return {image.sha256: image for image in images}


def _looked_into(read: _Read, known: Image | None, while_waiting: Callable[[], object]) -> _Fit:
    if known is None:
        measures = in_child(measure, read.data, limits=_LIMITS, while_waiting=while_waiting)
    elif known.purged_at is not None:
        raise Unusable(ProblemCode.PURGED)
    else:
        measures = Measures(known.format, known.width, known.height)
    return _Fit(read, measures, bare_of(read.data))


class _Batch:
    """What was looked into and is not stored yet."""

    def __init__(self, import_run: ImportRun) -> None:
        self._import_run = import_run
        self.fit: list[_Fit] = []
        self._problems: dict[str, Unusable] = {}
        """By the path under which they are listed."""

    def attempt(self, file: FoundFile, look: Callable[[], Value]) -> Value | None:
        """What `look` gives. Whatever goes wrong in it is this file's problem, and None is given,
        unless the machine is in trouble or somebody took the import over."""
        try:
            return look()
        except (OSError, MemoryError, DatabaseError, LeaseLost):
            raise
        except Unusable as unusable:
            problem = unusable
        except Unreadable as error:
            problem = Unusable(ProblemCode(error.code), error.details)
        except Exception:
            logger.exception("take_in_broke path=%r", file.path)
            problem = Unusable(ProblemCode.UNEXPECTED)
        self._problems[_shown(file.path)] = problem
        return None

    def store(self) -> None:
        """Store all of it. Consent is asked before the first byte is kept, and with the rows."""
        if self.fit:
            store.require_room(sum(len(fit.read.data) + len(fit.bare.data) for fit in self.fit))
            with transaction.atomic():
                require_consent(self._import_run.source.subject, Act.CURATE)
            with ThreadPoolExecutor(WRITERS) as writers:
                bare_copies = list(writers.map(_keep, self.fit))
            _note(self._import_run, list(zip(self.fit, bare_copies, strict=True)))
        if self._problems:
            note_problems(self._import_run, self._problems)
        self.fit, self._problems = [], {}


def _shown(path: str) -> str:
    """The path as a problem is listed under: what cannot be stored of it is replaced or cut."""
    path = storable(path)
    return path if len(path.encode()) <= MAX_PATH_BYTES else f"{path[: MAX_PATH_BYTES // 5]}…"


def _keep(fit: _Fit) -> BareCopy:
    """Put the bytes into the store, and those without metadata where they are others."""
    store.put(fit.read.data)
    if fit.bare.data == fit.read.data:
        return BareCopy(fit.read.digest, len(fit.read.data), fit.bare.format)
    return keep_bare(fit.bare)


@transaction.atomic
def _note(import_run: ImportRun, kept: list[tuple[_Fit, BareCopy]]) -> None:
    """The rows of the files: images unless somebody was faster, and the places of all."""
    # Holds the subject's row until the end, so that numbers are given one after the other.
    subject = require_consent(import_run.source.subject, Act.CURATE)
    images = _known_images(import_run, [fit.read.digest for fit, _bare in kept])
    new: dict[str, NewImage] = {}
    for fit, bare in kept:
        if fit.read.digest not in images:
            new.setdefault(fit.read.digest, NewImage(fit.read.file.name, _measured(fit, bare)))
    for image in add_images(subject=subject, new=list(new.values())):
        images[image.sha256] = image
    Provenance.objects.bulk_create(
        [
            Provenance(
                image=images[fit.read.digest],
                source=import_run.source,
                path=fit.read.file.path,
                raw_name=fit.read.file.raw_name,
                import_run=import_run,
                **_place(fit.read.file),
            )
            for fit, _bare in kept
        ],
        ignore_conflicts=True,
    )


def _place(file: FoundFile) -> dict[str, int]:
    """Of a frame: which one of its film."""
    place = file.place
    if place is None:
        return {}
    return {"frame": place.frame, "milliseconds": place.milliseconds, "scene": place.scene}


def _measured(fit: _Fit, bare: BareCopy) -> Measured:
    return Measured(
        sha256=fit.read.digest,
        size_bytes=len(fit.read.data),
        width=fit.measures.width,
        height=fit.measures.height,
        format=fit.measures.format,
        bare=bare,
    )


def note_problems(import_run: ImportRun, problems: dict[str, Unusable]) -> None:
    """The rows of files that cannot be taken in, by the path under which they are listed."""
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                import_run=import_run, path=path, code=problem.problem, details=problem.details
            )
            for path, problem in problems.items()
        ],
        update_conflicts=True,
        unique_fields=["import_run", "path"],
        update_fields=["code", "details"],
    )
