"""All that hints on a subject's images stand on, out of what was seen in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis, Face
from curation.consensus.duplicate_groups import worse_copies
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.duplicates import NUM_DESCRIPTOR
from curation.vision.gallery import Faces, Likeness, likeness
from curation.vision.hint_columns import Evidence, FaceSeen
from curation.vision.signs import Signs


@dataclass(frozen=True, slots=True, eq=False)
class SubjectFaces:
    """The faces of a subject's images, each image's together, the largest first."""

    image_ids: NDArray[np.intp]
    """(N,) the image of each."""
    faces: Faces
    """(N,)."""
    measures: NDArray[np.float64]
    """(N, 4) shorter side in pixels, score, occlusion, sharpness."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of one image besides its faces."""

    number: int
    longer_side: int
    signs: Signs
    says_generated: bool


def looks_without_hints(subject: Subject) -> dict[int, int]:
    """The image of each look at a picture that no fitting has taken up, by the look's key."""
    new = Analysis.objects.filter(subject=subject, state=JobState.DONE, hinted_by=0)
    return dict(new.values_list("pk", "image"))


def pictures_of(subject: Subject) -> dict[int, Picture]:
    """The subject's images that this version of `curation.vision` looked at, by their keys."""
    rows = Analysis.objects.filter(
        subject=subject,
        state=JobState.DONE,
        vision_version=VISION_VERSION,
        image__purged_at=None,
        signs__isnull=False,
    ).values_list(
        "image",
        "image__number",
        "image__width",
        "image__height",
        "image__says_generated",
        "signs__blurry",
        "signs__covered",
        "signs__drawn",
        "signs__rephoto",
    )
    return {
        pk: Picture(number, max(width, height), Signs(*odds), says)
        for pk, number, width, height, says, *odds in rows.iterator()
    }


def faces_of(subject: Subject) -> SubjectFaces:
    """The faces in them. One query."""
    rows = Face.objects.filter(
        analysis__subject=subject,
        analysis__state=JobState.DONE,
        analysis__vision_version=VISION_VERSION,
        analysis__image__purged_at=None,
    ).order_by("analysis__image", "position")
    columns = ("analysis__image", "left", "top", "right", "bottom", "yaw")
    more = ("score", "occlusion", "sharpness", "descriptor")
    ids, yaws, measures, descriptors = [], [], [], []
    for pk, left, top, right, bottom, yaw, *others, descriptor in rows.values_list(
        *columns, *more
    ).iterator():
        if descriptor:
            ids.append(pk)
            yaws.append(yaw)
            measures.append((min(right - left, bottom - top), *others))
            descriptors.append(np.frombuffer(descriptor, "<f4"))
    return SubjectFaces(
        np.array(ids, np.intp),
        Faces(
            np.array(descriptors, np.float32).reshape(-1, NUM_DESCRIPTOR),
            np.array(yaws, np.float32),
        ),
        np.array(measures).reshape(-1, 4),
    )


def evidence_of(
    subject: Subject,
    pictures: Mapping[int, Picture],
    faces: SubjectFaces,
    *,
    portraits: Faces,
    look_alikes: list[Faces],
    without_subject: Collection[int],
    while_waiting: Callable[[], None],
) -> dict[int, Evidence]:
    """What hints look at, by image. `while_waiting` is called again and again.

    `without_subject` are the images in which people said that the subject is not.
    """
    near = likeness(
        portraits,
        look_alikes,
        faces.faces,
        strangers=np.isin(faces.image_ids, list(without_subject)),
        while_waiting=while_waiting,
    )
    seen = _faces_seen(pictures, faces, near)
    worse = worse_copies(subject)
    return {
        pk: Evidence(tuple(seen[pk]), picture.signs, pk in worse, picture.says_generated)
        for pk, picture in pictures.items()
    }


def _faces_seen(
    pictures: Mapping[int, Picture], faces: SubjectFaces, near: Likeness
) -> dict[int, list[FaceSeen]]:
    seen: dict[int, list[FaceSeen]] = defaultdict(list)
    for place, pk in enumerate(faces.image_ids.tolist()):
        if (picture := pictures.get(pk)) is None:
            continue
        side, score, occlusion, sharpness = faces.measures[place].tolist()
        seen[pk].append(
            FaceSeen(
                side=side,
                share=side / picture.longer_side,
                yaw=float(faces.faces.yaws[place]),
                score=score,
                occlusion=occlusion,
                sharpness=sharpness,
                unlike=float(near.unlike[place]),
                unlike_another=float(near.unlike_another[place]),
            )
        )
    return seen
