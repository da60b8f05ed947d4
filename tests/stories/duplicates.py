"""Pictures that the machine has looked at, as if they resembled each other in a known way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis, Face, StoredSketch
from curation.duplicates.find_duplicates import find_duplicates
from curation.duplicates.models import DuplicateSearch, NearPair
from curation.images.models import Image
from curation.jobs import JobState
from curation.subjects.models import Subject
from curation.vision.duplicates import DUPLICATES_VERSION
from curation.vision.hashes import perceptual_hash
from curation.vision.sketch import SIDE


def motif_of(motif: int, *, moment: float = 0.0) -> np.ndarray:
    """A gray picture of some motif; of another moment it is a little different."""
    chance = np.random.default_rng(motif)
    noise = chance.normal(0, 1, (SIDE, SIDE)) + moment * np.random.default_rng(
        1000 + round(moment * 100)
    ).normal(0, 1, (SIDE, SIDE))
    soft = cv2.GaussianBlur(noise, (0, 0), 5)
    return np.rint(255 * (soft - soft.min()) / np.ptp(soft)).astype(np.uint8)


def looked_at(image: Image, gray: np.ndarray, *, sharpness: float | None = None) -> Analysis:
    """The analysis of an image that looks like this; with a face of such sharpness, or without."""
    analysis, _new = Analysis.objects.update_or_create(
        image=image,
        subject=image.subject,
        defaults={
            "state": JobState.DONE,
            "vision_version": VISION_VERSION,
            "perceptual_hash": f"{perceptual_hash(gray):016x}",
            "compared_by": 0,
        },
    )
    StoredSketch.objects.update_or_create(
        analysis=analysis, defaults={"pixels": gray.tobytes(), "width": gray.shape[1]}
    )
    if sharpness is not None:
        Face.objects.create(
            analysis=analysis,
            position=1,
            left=0,
            top=0,
            right=100,
            bottom=100,
            landmarks=b"",
            descriptor=b"",
            yaw=0,
            pitch=0,
            roll=0,
            sharpness=sharpness,
        )
    return analysis


def compare(subject: Subject) -> None:
    """What the worker does once the supervisor has asked for it."""
    search, _new = DuplicateSearch.objects.update_or_create(
        subject=subject, defaults={"state": JobState.WAITING, "attempt": 0}
    )
    find_duplicates(search_id=search.pk)


def pairs_found(subject: Subject) -> set[tuple[int, int]]:
    """The numbers of the images that the machine thinks nearly the same."""
    rows = NearPair.objects.filter(subject=subject)
    return set(rows.values_list("first__number", "second__number"))


def near(one: Image, *others: Image) -> None:
    """Notes that the machine found `one` nearly the same as each of the others."""
    NearPair.objects.bulk_create(
        NearPair(
            subject=one.subject,
            first=min(one, other, key=lambda image: image.pk),
            second=max(one, other, key=lambda image: image.pk),
            hash_bits=1,
            likeness=0.99,
            version=DUPLICATES_VERSION,
        )
        for other in others
    )


def group_of(make_image: Callable[..., Image], sharpnesses: Sequence[float]) -> list[Image]:
    """Images that are all nearly the same, with faces of these sharpnesses."""
    images = [make_image() for _ in sharpnesses]
    for image, sharpness in zip(images, sharpnesses, strict=True):
        looked_at(image, motif_of(0), sharpness=sharpness)
    for place, image in enumerate(images):
        near(image, *images[place + 1 :])
    return images
