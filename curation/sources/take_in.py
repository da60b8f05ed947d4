"""Take one found file into a subject's collection."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from django.db import transaction

from curation import store
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.images.add_image import Measured, add_image
from curation.images.bare_copies import bare_of, keep_bare
from curation.images.models import Image
from curation.sources.kinds.found import FoundFile
from curation.sources.models import ImportRun, Provenance
from curation.sources.problems import ProblemCode, Unusable
from curation.subjects.gate import require_consent
from curation.subjects.models import Act
from curation.vision.bare.strip import Bare
from curation.vision.decode import Measures, Unreadable, measure
from curation.vision.hashes import sha256_of

logger = logging.getLogger(__name__)

_LIMITS = Limits(seconds=10, megabytes=2000)
"""Half of what the site gives a smaller copy: what is taken in can also be shown."""


class IntakeOutcome(Enum):
    NEW = auto()
    """A picture nobody had: it got the next number."""
    FOUND_AGAIN = auto()
    """Bytes that were in already, at a place where they had not been found before."""
    KNOWN = auto()
    """The same bytes at the same place as before: nothing changed."""


def take_in(*, import_run: ImportRun, file: FoundFile) -> IntakeOutcome:
    """Keep the file's bytes once, number them if they are new, and note where they were found.

    Doing it again changes nothing, but bytes that were lost or torn in the store since are whole
    again. The bytes are in the store before the row that names them.
    Raises Unusable for what is the file's fault, unexpected or not; ConsentMissing; and OSError or
    an error of the database when the machine is in trouble, which says nothing of the file.
    """
    with _of_the_file(file):
        data = file.read()
    digest = sha256_of(data)
    subject_id = import_run.source.subject_id
    known = Image.objects.filter(subject=subject_id, sha256=digest).first()
    if known is not None and known.purged_at is not None:
        raise Unusable(ProblemCode.PURGED)
    with _of_the_file(file):
        measures = _measure(data) if known is None else _as_measured(known)
        bare = _bare(data)
    with transaction.atomic():
        require_consent(import_run.source.subject, Act.CURATE)
    store.put(data)
    measured = Measured(
        sha256=digest,
        size_bytes=len(data),
        width=measures.width,
        height=measures.height,
        format=measures.format,
        bare=keep_bare(bare),
    )
    return _note(import_run, file, measured)


@contextmanager
def _of_the_file(file: FoundFile) -> Iterator[None]:
    """Whatever goes wrong within is this file's problem, unless the machine is in trouble."""
    try:
        yield
    except (Unusable, OSError, MemoryError):
        raise
    except Exception as error:
        logger.exception("take_in_broke path=%r", file.path)
        raise Unusable(ProblemCode.UNEXPECTED) from error


def _measure(data: bytes) -> Measures:
    try:
        return in_child(measure, data, limits=_LIMITS)
    except Unreadable as error:
        raise Unusable(ProblemCode(error.code), error.details) from error


def _as_measured(image: Image) -> Measures:
    return Measures(image.format, image.width, image.height)


def _bare(data: bytes) -> Bare:
    try:
        return bare_of(data)
    except Unreadable as error:
        raise Unusable(ProblemCode(error.code), error.details) from error


@transaction.atomic
def _note(import_run: ImportRun, file: FoundFile, measured: Measured) -> IntakeOutcome:
    """The rows of one file: the image unless somebody was faster, and the place it was found."""
    # Holds the subject's row until the end, so that numbers are given one after the other.
    subject = require_consent(import_run.source.subject, Act.CURATE)
    image = Image.objects.filter(subject=subject, sha256=measured.sha256).first()
    is_new = image is None
    if image is None:
        image = add_image(subject=subject, name=file.name, measured=measured)
    _provenance, is_new_place = Provenance.objects.get_or_create(
        image=image,
        source=import_run.source,
        path=file.path,
        defaults={"import_run": import_run},
    )
    if is_new:
        return IntakeOutcome.NEW
    return IntakeOutcome.FOUND_AGAIN if is_new_place else IntakeOutcome.KNOWN
