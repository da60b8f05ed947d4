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
from curation.sources.kinds.left_out import what_it_is
from curation.sources.kinds.origin import Origin
from curation.sources.models import ImportRun
from curation.sources.outcomes import Outcomes, Placed
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Details, Unusable
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.troubles import trouble_of
from curation.vision.bare.strip import Bare
from curation.vision.decode import Measures, Unreadable, UnreadableReason
from curation.vision.generated_marks import Marks, examine
from curation.vision.hashes import sha256_of

logger = logging.getLogger(__name__)

_LIMITS = Limits(seconds=10, megabytes=2000)
"""Half of what the site gives a smaller copy: what is taken in can also be shown."""

SECONDS_UNTIL_STORED = 2.0
"""What was looked into for so long is stored before the next file is looked into."""

WRITERS = 4
"""Files that are written at the same time: disks, and S3 more so, are waited for."""

Value = TypeVar("Value")
Refusals = dict[str, tuple[UnreadableReason, Details]]
"""What is wrong with bytes that could not be decoded, by their SHA-256."""


class Intake:
    """Takes the files of one attempt at an import in, group by group."""

    def __init__(self, import_run: ImportRun, refusals: Refusals | None = None) -> None:
        """`refusals` are those of the rounds before: what decoding refused is not decoded again."""
        self.import_run = import_run
        self.outcomes = Outcomes(import_run)
        self._refusals: Refusals = {} if refusals is None else refusals
        self._num_seen = 0

    def take_in(
        self,
        files: Sequence[FoundFile],
        *,
        while_waiting: Callable[[], object] = lambda: None,
    ) -> None:
        """Keep the files' bytes once, number the new ones in order, and note where they were found.

        The bytes of all `files` are held in memory at once, but of those whose image is known: they
        are not read. Each file gets its outcome. Doing it
        again changes nothing, but bytes that were lost or torn in the store since are whole again.
        Bytes are in the store before the rows that name them. `while_waiting` is called
        before each file, and every second while one is decoded.
        Raises ConsentMissing; what `while_waiting` raises; and OSError or an error of the database
        when the machine is in trouble, which says nothing of any file. What was stored stays.
        """
        self._take_in([self.placed(file) for file in files], while_waiting)

    def placed(self, file: FoundFile) -> Placed:
        """The next file of the import."""
        self._num_seen += 1
        return Placed(self._num_seen, file)

    def take_in_frames(
        self, frames: Sequence[FoundFile], *, while_waiting: Callable[[], object]
    ) -> None:
        """Likewise for frames of a film, which has the outcome; they have none of their own."""
        self._take_in([Placed(0, frame) for frame in frames], while_waiting)

    def _take_in(self, placed: Sequence[Placed], while_waiting: Callable[[], object]) -> None:
        self.outcomes.note_known([one for one in placed if one.file.is_known])
        placed = [one for one in placed if not one.file.is_known]
        batch = _Batch(self.import_run, self.outcomes)
        read = [each for one in placed if (each := batch.attempt(one, b"", partial(_read, one)))]
        known = _known_images(self.import_run, [each.digest for each in read])
        since = monotonic()
        for each in read:
            while_waiting()
            examined = partial(_examined, each, self._refusals, while_waiting)
            look = partial(_looked_into, each, known.get(each.digest), examined)
            if fit := batch.attempt(each.placed, each.data, look):
                batch.fit.append(fit)
            if monotonic() - since > SECONDS_UNTIL_STORED:
                batch.store()
                since = monotonic()
        batch.store()


@dataclass(frozen=True, eq=False)
class _Read:
    """A file and its bytes."""

    placed: Placed
    data: bytes
    digest: str


@dataclass(frozen=True, eq=False)
class _Fit:
    """A file that can be taken in, measured, with its bytes without metadata."""

    read: _Read
    measures: Measures
    marks: Marks
    bare: Bare
    origin: Origin


def _read(placed: Placed) -> _Read:
    data = placed.file.read()
    return _Read(placed, data, sha256_of(data))


def _known_images(import_run: ImportRun, digests: Sequence[str]) -> dict[str, Image]:
    images = Image.objects.filter(subject=import_run.source.subject_id, sha256__in=set(digests))
    return {image.sha256: image for image in images}


def _examined(
    read: _Read, refusals: Refusals, while_waiting: Callable[[], object]
) -> tuple[Measures, Marks]:
    if before := refusals.get(read.digest):
        code, details = before
        raise Unreadable(code, **details)
    try:
        return in_child(examine, read.data, limits=_LIMITS, while_waiting=while_waiting)
    except Unreadable as error:
        refusals[read.digest] = error.code, error.details
        raise


def _looked_into(
    read: _Read, known: Image | None, examined: Callable[[], tuple[Measures, Marks]]
) -> _Fit:
    marks = Marks()
    if known is None:
        measures, marks = examined()
    elif known.purged_at is not None:
        raise Unusable(ProblemCode.PURGED)
    else:
        measures = Measures(known.format, known.width, known.height)
    return _Fit(read, measures, marks, bare_of(read.data), read.placed.file.origin())


class _Batch:
    """What was looked into and is not stored yet."""

    def __init__(self, import_run: ImportRun, outcomes: Outcomes) -> None:
        self._import_run = import_run
        self._outcomes = outcomes
        self.fit: list[_Fit] = []
        self._problems: list[tuple[Placed, Unusable]] = []

    def attempt(self, placed: Placed, data: bytes, look: Callable[[], Value]) -> Value | None:
        """What `look` gives. Whatever goes wrong in it is this file's problem, and None is given,
        unless the machine is in trouble or somebody took the import over. `data` is what was read
        of the file: if it is no picture, it may be none that anybody misses."""
        path = placed.file.path
        try:
            return look()
        except (OSError, MemoryError, DatabaseError, LeaseLost):
            raise
        except Unusable as unusable:
            problem = unusable
        except Unreadable as error:
            problem = Unusable(ProblemCode(error.code), error.details)
        except Exception as error:
            if trouble_of(error):
                raise
            logger.exception("take_in_broke path=%r", path)
            problem = Unusable(ProblemCode.UNEXPECTED)
        what = what_it_is(path, data, problem.problem)
        self._problems.append((placed, problem if what is problem.problem else Unusable(what)))
        return None

    def store(self) -> None:
        """Store all of it. Consent is asked before the first byte is kept, and with the rows."""
        if self.fit:
            store.require_room(sum(len(fit.read.data) + len(fit.bare.data) for fit in self.fit))
            with transaction.atomic():
                require_consent(self._import_run.source.subject, Act.CURATE)
            with ThreadPoolExecutor(WRITERS) as writers:
                bare_copies = list(writers.map(_keep, self.fit))
            _note(self._import_run, self._outcomes, list(zip(self.fit, bare_copies, strict=True)))
        if self._problems:
            self._outcomes.note_problems(self._problems)
        self.fit, self._problems = [], []


def _keep(fit: _Fit) -> BareCopy:
    """Put the bytes into the store, and those without metadata where they are others."""
    store.put(fit.read.data)
    if fit.bare.data == fit.read.data:
        return BareCopy(fit.read.digest, len(fit.read.data), fit.bare.format)
    return keep_bare(fit.bare)


@transaction.atomic
def _note(import_run: ImportRun, outcomes: Outcomes, kept: list[tuple[_Fit, BareCopy]]) -> None:
    """The rows of the files: images unless somebody was faster, and the places of all."""
    # Holds the subject's row until the end, so that numbers are given one after the other.
    subject = require_consent(import_run.source.subject, Act.CURATE)
    images = _known_images(import_run, [fit.read.digest for fit, _bare in kept])
    new: dict[str, NewImage] = {}
    for fit, bare in kept:
        if fit.read.digest not in images:
            name = fit.read.placed.file.name
            new.setdefault(fit.read.digest, NewImage(name, _measured(fit, bare)))
    added = add_images(subject=subject, new=list(new.values()))
    images |= {image.sha256: image for image in added}
    found = [
        (fit.read.placed._replace(origin=fit.origin), images[fit.read.digest])
        for fit, _bare in kept
    ]
    outcomes.note_places(found, added)


def _measured(fit: _Fit, bare: BareCopy) -> Measured:
    return Measured(
        sha256=fit.read.digest,
        size_bytes=len(fit.read.data),
        width=fit.measures.width,
        height=fit.measures.height,
        format=fit.measures.format,
        bare=bare,
        marks=fit.marks,
    )
