"""Look at one image and keep what was seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from curation import store
from curation.analysis.forget import forget
from curation.analysis.look import VISION_VERSION, Seen, SeenFace, look_at
from curation.analysis.measured import measured
from curation.analysis.models import Analysis, AnalysisProblem, Face, StoredSigns, StoredSketch
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.images.derived import SIZES
from curation.images.measures import keep_measures
from curation.images.models import Image
from curation.jobs import JobState, work_on
from curation.subjects.gate import is_covered
from curation.subjects.models import Act
from curation.vision.decode import Unreadable
from curation.vision.sketch import Sketch

_LIMITS = Limits(seconds=120, megabytes=2500)


def analyse_image(*, analysis_id: int) -> None:
    """Fill in an analysis: smaller copies, hash, faces. Safe to run again, or twice at once.

    Without consent the picture is not looked at, and the job is forgotten; it begins again when
    there is one. What cannot be looked at is recorded as failed, with the reason; trouble of the
    machine is no reason, and has the job wait.
    """
    work_on(Analysis, analysis_id, _analyse)


def _analyse(analysis: Analysis) -> None:
    image = Image.objects.select_related("subject").get(pk=analysis.image_id)
    if image.purged_at is not None or not is_covered(image.subject, Act.CURATE):
        forget(analysis, image)
        return
    store.require_room()
    try:
        seen = _look(analysis, image)
    except FileNotFoundError:
        analysis.finish(JobState.FAILED, AnalysisProblem.BYTES_MISSING)
    except Unreadable as problem:
        analysis.finish(JobState.FAILED, problem.code, problem_details=problem.details)
    else:
        _keep(analysis, seen)


def _look(analysis: Analysis, image: Image) -> Seen:
    """What a child sees in the picture, once the copies it made are in the store."""
    data = store.get(image.sha256)
    sizes = list(SIZES.values())
    seen = in_child(look_at, data, sizes, limits=_LIMITS, while_waiting=analysis.renew)
    for kind, copy in zip(SIZES, seen.copies, strict=True):
        store.put_derived(image.sha256, kind.value, copy)
    return seen


@transaction.atomic
def _keep(analysis: Analysis, seen: Seen) -> None:
    """Replace what an earlier look had found, unless another worker took the job over."""
    is_ours = analysis.finish(
        JobState.DONE,
        perceptual_hash=f"{seen.perceptual_hash:016x}",
        vision_version=VISION_VERSION,
        compared_by=0,
        hinted_by=0,
    )
    if not is_ours:
        return
    StoredSketch.objects.update_or_create(analysis=analysis, defaults=_columns_of(seen.sketch))
    StoredSigns.objects.update_or_create(analysis=analysis, defaults=asdict(seen.signs))
    keep_measures(analysis.image_id, measured(seen))
    analysis.faces.all().delete()
    Face.objects.bulk_create(
        _face_row(analysis, position, face) for position, face in enumerate(seen.faces, start=1)
    )


def _columns_of(sketch: Sketch) -> dict[str, Any]:
    x, y, side = sketch.face or (None, None, None)
    return {
        "pixels": sketch.gray.tobytes(),
        "width": sketch.gray.shape[1],
        "face_x": x,
        "face_y": y,
        "face_side": side,
    }


def _face_row(analysis: Analysis, position: int, seen: SeenFace) -> Face:
    left, top, right, bottom = seen.face.box
    descriptor = seen.face.descriptor
    return Face(
        analysis=analysis,
        position=position,
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        landmarks=seen.face.landmarks.astype("<f4").tobytes(),
        descriptor=b"" if descriptor is None else descriptor.astype("<f4").tobytes(),
        yaw=seen.face.pose.yaw,
        pitch=seen.face.pose.pitch,
        roll=seen.face.pose.roll,
        score=seen.face.score,
        occlusion=seen.face.occlusion,
        mouth_open=seen.face.expression.mouth_open,
        mouth_wide=seen.face.expression.mouth_wide,
        eyes_open=seen.face.expression.eyes_open,
        sharpness=seen.sharpness,
        perceptual_hash=f"{seen.hash:016x}",
    )
