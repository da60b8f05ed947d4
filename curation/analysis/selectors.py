"""Reads of this stage: how far the machine is, and what it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from curation.analysis.models import Analysis
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.hashes import hamming

NEAR_DUPLICATE_BITS = 10


@dataclass(frozen=True, kw_only=True)
class AnalysisProgress:
    """How many of a subject's images the machine has looked at."""

    collected: int
    analysed: int
    failed: int

    @property
    def is_finished(self) -> bool:
        """Whether nothing is waiting or being looked at."""
        return self.analysed + self.failed >= self.collected


def analysis_progress(subject: Subject) -> AnalysisProgress:
    """How far the analysis of one subject is; one query."""
    return analysis_progresses([subject])[subject.pk]


def analysis_progresses(subjects: Sequence[Subject]) -> dict[int, AnalysisProgress]:
    """The same for many subjects, by the subject's key; one query for all."""
    counted = (
        Image.objects.filter(subject__in=subjects, purged_at=None)
        .order_by()
        .values("subject")
        .annotate(
            collected=Count("pk"),
            analysed=Count("pk", filter=Q(analysis__state=JobState.DONE)),
            failed=Count("pk", filter=Q(analysis__state=JobState.FAILED)),
        )
        .values_list("subject", "collected", "analysed", "failed")
    )
    by_subject = {
        subject_id: AnalysisProgress(collected=collected, analysed=analysed, failed=failed)
        for subject_id, collected, analysed, failed in counted
    }
    nothing = AnalysisProgress(collected=0, analysed=0, failed=0)
    return {subject.pk: by_subject.get(subject.pk, nothing) for subject in subjects}


@dataclass(frozen=True, kw_only=True)
class FaceOnPicture:
    """A face as it is drawn over the picture and described beside it."""

    position: int
    left: float
    top: float
    width: float
    height: float
    yaw: float
    pitch: float
    roll: float
    sharpness: float


def faces_of(image: Image) -> tuple[Analysis | None, list[FaceOnPicture]]:
    """The image's analysis, if anybody has begun one, and the faces found, the largest first."""
    analysis = Analysis.objects.filter(image=image).first()
    if analysis is None:
        return None, []
    faces = analysis.faces.defer("landmarks", "descriptor")
    return analysis, [
        FaceOnPicture(
            position=face.position,
            left=face.left,
            top=face.top,
            width=face.right - face.left,
            height=face.bottom - face.top,
            yaw=face.yaw,
            pitch=face.pitch,
            roll=face.roll,
            sharpness=face.sharpness,
        )
        for face in faces
    ]


def near_duplicates_of(image: Image) -> list[Image]:
    """The subject's other images whose perceptual hash is almost the same, by number.

    A hint: different pictures may be this close, and a mirrored copy is not.
    """
    hashes = dict(
        Analysis.objects.filter(image__subject=image.subject_id, image__purged_at=None)
        .exclude(perceptual_hash="")
        .values_list("image_id", "perceptual_hash")
    )
    if image.pk not in hashes:
        return []
    own = int(hashes.pop(image.pk), 16)
    near = [pk for pk, text in hashes.items() if hamming(own, int(text, 16)) <= NEAR_DUPLICATE_BITS]
    return list(Image.objects.filter(pk__in=near).order_by("number"))
