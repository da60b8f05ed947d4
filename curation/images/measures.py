"""What pictures are sorted by, before the machine has looked and after."""

from __future__ import annotations

from typing import TypedDict

from curation.images.models import Image, Measures


class Measured(TypedDict):
    """All that the machine fills in when it looks; hints come later, by themselves."""

    num_faces: int | None
    brightness: float | None
    face_size: float | None
    yaw: float | None
    pitch: float | None
    sharpness: float | None
    mouth_open: float | None
    eyes_open: float | None


NOTHING_SEEN = Measured(
    num_faces=None,
    brightness=None,
    face_size=None,
    yaw=None,
    pitch=None,
    sharpness=None,
    mouth_open=None,
    eyes_open=None,
)

NO_HINTS: dict[str, object] = {
    "likeness": None,
    "suspicion": None,
    "suspected": "",
    "suspicion_alone": None,
    "suspected_alone": "",
    "near_another": False,
}
"""The columns of what nobody has made hints of."""


def blank_measures(image: Image) -> Measures:
    """The row of an image that nobody has looked at; it is not saved yet."""
    return Measures(image=image, subject_id=image.subject_id, number=image.number)


def keep_measures(image_id: int, measured: Measured) -> None:
    """Replace what was measured; hints stood on what was seen before, and go.

    Call it in the transaction that replaces what was seen.
    """
    Measures.objects.filter(image=image_id).update(**measured, **NO_HINTS)
