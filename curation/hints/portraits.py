"""The faces that a subject's pictures are compared with: portraits, and pictures of look-alikes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np

from curation import store
from curation.analysis.look import VISION_VERSION, look_at
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.hints.models import FaceOfPortrait, Fitting
from curation.subjects.models import Subject
from curation.vision.decode import Unreadable
from curation.vision.duplicates import NUM_DESCRIPTOR
from curation.vision.gallery import Faces

logger = logging.getLogger(__name__)

_LIMITS = Limits(seconds=60, megabytes=2500)


def portraits_of(subject: Subject, fitting: Fitting) -> Faces:
    """The faces in the subject's portraits. `fitting` is kept alive meanwhile."""
    return _faces_in(subject.portraits.values_list("sha256", flat=True), fitting)


def look_alikes_of(subject: Subject, fitting: Fitting) -> list[Faces]:
    """The same of each look-alike of whom there is a picture."""
    pictures = subject.look_alikes.exclude(sha256="").values_list("sha256", flat=True)
    return [_faces_in([sha256], fitting) for sha256 in pictures]


def _faces_in(pictures: Iterable[str], fitting: Fitting) -> Faces:
    rows = [_looked_up(sha256) or _looked_at(sha256, fitting) for sha256 in pictures]
    faces = [row for row in rows if row.descriptor]
    descriptors = [np.frombuffer(row.descriptor, "<f4") for row in faces]
    return Faces(
        np.array(descriptors, np.float32).reshape(-1, NUM_DESCRIPTOR),
        np.array([row.yaw for row in faces], np.float32),
    )


def _looked_up(sha256: str) -> FaceOfPortrait | None:
    return FaceOfPortrait.objects.filter(sha256=sha256, vision_version=VISION_VERSION).first()


def _looked_at(sha256: str, fitting: Fitting) -> FaceOfPortrait:
    """Look now, and keep what was seen: also that there is no face need not be seen again."""
    row = FaceOfPortrait(sha256=sha256, vision_version=VISION_VERSION)
    try:
        data = store.get(sha256)
        seen = in_child(look_at, data, [], limits=_LIMITS, while_waiting=fitting.renew)
    except (FileNotFoundError, Unreadable) as problem:
        logger.warning("portrait_not_seen sha256=%s: %r", sha256, problem)
    else:
        faces = [each.face for each in seen.faces if each.face.descriptor is not None]
        if faces:
            row.yaw = faces[0].pose.yaw
            row.descriptor = np.asarray(faces[0].descriptor, "<f4").tobytes()
    row.save()
    return row
