"""The faces that a subject's pictures are compared with: portraits, and pictures of look-alikes."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict

import numpy as np
from django.db import transaction

from curation import store
from curation.analysis.face_box import face_box
from curation.analysis.look import VISION_VERSION, look_at
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.hints.models import FaceOfPortrait, Fitting
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject
from curation.vision.decode import Unreadable
from curation.vision.duplicates import NUM_DESCRIPTOR
from curation.vision.gallery import Faces

logger = logging.getLogger(__name__)

_LIMITS = Limits(seconds=60, megabytes=2500)


def portraits_of(subject: Subject, fitting: Fitting) -> Faces:
    """The faces in the subject's portraits. `fitting` is kept alive meanwhile.

    Raises ConsentMissing.
    """
    return _faces_in(subject, subject.portraits.values_list("sha256", flat=True), fitting)


def look_alikes_of(subject: Subject, fitting: Fitting) -> list[Faces]:
    """The same of each look-alike of whom there is a picture."""
    pictures = subject.look_alikes.exclude(sha256="").values_list("sha256", flat=True)
    return [_faces_in(subject, [sha256], fitting) for sha256 in pictures]


def forget_portraits_that_went(subject: Subject) -> None:
    """Remove the faces of pictures that nobody compares with any more."""
    there = [
        *subject.portraits.values_list("sha256", flat=True),
        *subject.look_alikes.values_list("sha256", flat=True),
    ]
    FaceOfPortrait.objects.filter(subject=subject).exclude(sha256__in=there).delete()


def _faces_in(subject: Subject, pictures: Iterable[str], fitting: Fitting) -> Faces:
    rows = [_looked_up(subject, each) or _looked_at(subject, each, fitting) for each in pictures]
    faces = [row for row in rows if row is not None and row.descriptor]
    descriptors = [np.frombuffer(row.descriptor, "<f4") for row in faces]
    return Faces(
        np.array(descriptors, np.float32).reshape(-1, NUM_DESCRIPTOR),
        np.array([row.yaw for row in faces], np.float32),
    )


def _looked_up(subject: Subject, sha256: str) -> FaceOfPortrait | None:
    known = FaceOfPortrait.objects.filter(subject=subject, sha256=sha256)
    return known.filter(vision_version=VISION_VERSION).first()


def _looked_at(subject: Subject, sha256: str, fitting: Fitting) -> FaceOfPortrait | None:
    """Look now, and keep what was seen, also that there is no face; None when it cannot be seen."""
    try:
        data = store.get(sha256)
        seen = in_child(look_at, data, [], limits=_LIMITS, while_waiting=fitting.renew)
    except (FileNotFoundError, Unreadable) as problem:
        logger.warning("portrait_not_seen sha256=%s: %r", sha256, problem)
        return None
    faces = [each.face for each in seen.faces if each.face.descriptor is not None]
    found: dict[str, object] = {"vision_version": VISION_VERSION, "yaw": 0.0, "descriptor": b""}
    if faces:
        height, width = seen.size
        found["yaw"] = faces[0].pose.yaw
        found["descriptor"] = np.asarray(faces[0].descriptor, "<f4").tobytes()
        found |= asdict(face_box(faces[0].box, width=width, height=height))
    with transaction.atomic():
        require_consent(subject, Act.CURATE)
        row, _new = FaceOfPortrait.objects.update_or_create(
            subject=subject, sha256=sha256, defaults=found
        )
    return row
