"""What a subject's images are compared by, as arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis, Face, StoredSketch
from curation.jobs import JobState
from curation.sources.models import Provenance
from curation.subjects.models import Subject
from curation.vision.duplicates import DUPLICATES_VERSION, NUM_DESCRIPTOR, Prints
from curation.vision.sketch import Sketch

ROWS_AT_ONCE, _KEYS_AT_ONCE = 2000, 500


@dataclass(frozen=True, slots=True, eq=False)
class SubjectPrints:
    """A subject's images with what they are compared by; those compared before come first."""

    image_ids: list[int]
    prints: Prints
    num_known: int
    """How many were compared with each other before."""

    def __len__(self) -> int:
        return len(self.image_ids)

    def up_to(self, end: int) -> SubjectPrints:
        """The same of the first `end` images alone."""
        prints = Prints(
            hashes=self.prints.hashes[:end],
            face_hashes=self.prints.face_hashes[:end],
            descriptors=self.prints.descriptors[:end],
            has_face=self.prints.has_face[:end],
            shots=self.prints.shots[:end],
            seconds=self.prints.seconds[:end],
        )
        return replace(self, image_ids=self.image_ids[:end], prints=prints)


def prints_of(subject: Subject) -> SubjectPrints:
    """All images of the subject that this version of `curation.vision` looked at. Three queries.

    Hashes and descriptors of another version cannot be compared with its own: such images come
    when they were looked at anew.
    """
    seen = Analysis.objects.filter(
        subject=subject,
        state=JobState.DONE,
        vision_version=VISION_VERSION,
        image__purged_at=None,
    ).order_by("image")
    rows = list(seen.values_list("pk", "image", "perceptual_hash", "compared_by"))
    rows.sort(key=lambda row: row[3] != DUPLICATES_VERSION)  # stays in order otherwise
    prints = Prints(
        hashes=np.array([int(hash_, 16) for _pk, _image, hash_, _by in rows], np.uint64),
        face_hashes=np.zeros(len(rows), np.uint64),
        descriptors=np.zeros((len(rows), NUM_DESCRIPTOR), np.float32),
        has_face=np.zeros(len(rows), np.bool_),
        shots=np.full(len(rows), -1, np.int64),
        seconds=np.zeros(len(rows)),
    )
    places = {row[0]: place for place, row in enumerate(rows)}
    for analysis_id, hash_, descriptor in _largest_faces(subject):
        place = places.get(analysis_id)
        if place is not None and descriptor and hash_:
            prints.face_hashes[place] = int(hash_, 16)
            prints.descriptors[place] = np.frombuffer(descriptor, "<f4")
            prints.has_face[place] = True
    _note_shots(subject, prints, {row[1]: place for place, row in enumerate(rows)})
    return SubjectPrints(
        image_ids=[row[1] for row in rows],
        prints=prints,
        num_known=sum(row[3] == DUPLICATES_VERSION for row in rows),
    )


def _largest_faces(subject: Subject) -> Iterator[tuple[int, str, bytes | memoryview]]:
    faces = Face.objects.filter(analysis__subject=subject, position=1).order_by()
    rows = faces.values_list("analysis", "perceptual_hash", "descriptor")
    return rows.iterator(chunk_size=ROWS_AT_ONCE)


def _note_shots(subject: Subject, prints: Prints, places: dict[int, int]) -> None:
    """Write down of which shots the images are frames; of several, the first counts."""
    shots: dict[tuple[int, str, int | None], int] = {}
    frames = Provenance.objects.filter(image__subject=subject, scene__isnull=False)
    rows = frames.order_by("-pk").values_list("image", "source", "path", "scene", "milliseconds")
    for image_id, source_id, path, scene, milliseconds in rows.iterator(chunk_size=ROWS_AT_ONCE):
        if (place := places.get(image_id)) is not None:
            shot = (source_id, path, scene)
            prints.shots[place] = shots.setdefault(shot, len(shots))
            prints.seconds[place] = (milliseconds or 0) / 1000


def sketches_of(image_ids: Collection[int]) -> dict[int, Sketch]:
    """The sketches of these images, by image."""
    wanted = sorted(image_ids)
    found = {}
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        part = wanted[start : start + _KEYS_AT_ONCE]
        rows = StoredSketch.objects.filter(analysis__image__in=part).select_related("analysis")
        found.update({row.analysis.image_id: row.value() for row in rows})
    return found
