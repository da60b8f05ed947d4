"""Reads of this stage: how far the machine is, and what it saw."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Min, Value

from curation.analysis.models import Analysis
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.troubles import Trouble


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
    """The same for many subjects, by the subject's key; one query for all.

    Images and analyses are counted by an index each; joined, or counted by a key that the index
    does not have, they would all be read. So what was purged, which has an analysis as well, is
    taken off again.
    """
    over = Analysis.objects.filter(
        subject__in=subjects, state__in=(JobState.DONE, JobState.FAILED)
    ).order_by()
    purged = over.filter(image__purged_at__isnull=False, image__subject__in=subjects)
    images = Image.objects.filter(subject__in=subjects, purged_at=None).order_by()
    counted = (
        images.values("subject").annotate(of=Value("collected"), num=Count("*")),
        over.values("subject").annotate(of=F("state"), num=Count("*")),
        purged.values("subject").annotate(of=F("state"), num=-Count("*")),
    )
    first, *others = (rows.values_list("subject", "of", "num") for rows in counted)
    nums: Counter[tuple[int, str]] = Counter()
    for subject_id, of, num in first.union(*others, all=True):
        nums[subject_id, of] += num
    return {
        subject.pk: AnalysisProgress(
            collected=nums[subject.pk, "collected"],
            analysed=nums[subject.pk, JobState.DONE],
            failed=nums[subject.pk, JobState.FAILED],
        )
        for subject in subjects
    }


@dataclass(frozen=True, kw_only=True)
class AnalysisTrouble:
    """All of a subject's analyses that wait for the same trouble to pass."""

    trouble: Trouble
    num: int
    next_try: dt.datetime

    @property
    def sentence(self) -> str:
        """What the trouble is, in the reader's language."""
        return str(self.trouble.label)


def analysis_troubles(subject: Subject) -> list[AnalysisTrouble]:
    """Why analyses of the subject wait, the most frequent first; one query."""
    waiting = Analysis.objects.filter(
        subject=subject, state=JobState.WAITING, not_before__isnull=False
    )
    counted = waiting.order_by().values_list("trouble").annotate(num=Count("pk"))
    return [
        AnalysisTrouble(trouble=Trouble(trouble), num=num, next_try=next_try)
        for trouble, num, next_try in counted.annotate(at=Min("not_before")).order_by("-num")
    ]


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
