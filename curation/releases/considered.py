"""Reads: the kept pictures of a subject, with all that the builder chooses by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from django.db.models import QuerySet, Value
from django.db.models.functions import Mod
from numpy.typing import NDArray

from curation.analysis.models import Face
from curation.batches.models import BatchItem
from curation.consensus.selectors import kept_images
from curation.duplicates.models import DistinctPair, NearPair
from curation.jobs import JobState
from curation.releases.choose import Considered
from curation.sources.models import Provenance
from curation.subjects.models import Subject
from curation.vision.duplicates import NUM_DESCRIPTOR

AT_ONCE = 5000
"""Rows that are read between two signs of life."""
_MEASURES = ("yaw", "pitch", "brightness", "sharpness", "face_size")


def considered(
    subject: Subject,
    *,
    every: int = 1,
    hidden: QuerySet[BatchItem, int] | None = None,
    after_some: Callable[[], None] = lambda: None,
) -> Considered:
    """What is kept now, but for the `hidden`; of a large set only those whose numbers are so many
    apart. Seven queries."""
    kept = kept_images(subject).order_by("number")
    if hidden is not None:
        kept = kept.exclude(pk__in=hidden)
    if every > 1:
        kept = kept.annotate(apart=Mod("number", Value(every))).filter(apart=0)
    measures = (f"measures__{key}" for key in _MEASURES)
    rows = list(kept.values_list("pk", "width", "height", *measures))
    after_some()
    ids = [row[0] for row in rows]
    columns = np.array([row[3:] for row in rows], np.float64).reshape(-1, len(_MEASURES))
    yaw, pitch, brightness, sharpness, face_size = columns.T
    is_wanted = set(ids) if len(ids) <= FEW else None
    distinct = DistinctPair.objects.filter(subject=subject).values_list("first", "second")
    return Considered(
        ids=np.array(ids, np.int64),
        num_pixels=np.array([row[1] * row[2] for row in rows], np.int64),
        yaw=yaw,
        pitch=pitch,
        brightness=brightness,
        sharpness=sharpness,
        face_size=face_size,
        descriptors=_descriptors(subject, ids, is_wanted, after_some),
        near=_near(subject),
        told_apart=frozenset(distinct),
        moments=_moments(subject),
    )


FEW = 5000
"""Of so many pictures faces are looked up one by one, of more all of the subject's are read."""


def _near(subject: Subject) -> list[tuple[int, int]]:
    pairs = NearPair.objects.filter(subject=subject).order_by("first", "second")
    return list(pairs.values_list("first", "second"))


def _descriptors(
    subject: Subject,
    ids: Sequence[int],
    is_wanted: set[int] | None,
    after_some: Callable[[], None],
) -> NDArray[np.float32]:
    places = {pk: n for n, pk in enumerate(ids)}
    found = np.zeros((len(ids), NUM_DESCRIPTOR), np.float32)
    faces = Face.objects.filter(
        analysis__subject=subject, analysis__state=JobState.DONE, position=1
    ).order_by()
    if is_wanted is not None:
        faces = faces.filter(analysis__image__in=is_wanted)
    rows = faces.values_list("analysis__image_id", "descriptor")
    for read, (pk, descriptor) in enumerate(rows.iterator(chunk_size=2000)):
        if descriptor and pk in places:
            found[places[pk]] = np.frombuffer(descriptor, "<f4")
        if read % AT_ONCE == 0:
            after_some()
    return found


def _moments(subject: Subject) -> Mapping[int, list[int]]:
    """By picture, the shots of films and the web pages that it is of, each by a number."""
    numbers: dict[tuple[object, ...], int] = {}
    found: dict[int, list[int]] = defaultdict(list)
    places = Provenance.objects.filter(source__subject=subject).order_by("pk")
    shots = places.filter(scene__isnull=False).values_list("image_id", "source", "path", "scene")
    for pk, *shot in shots.iterator():
        found[pk].append(numbers.setdefault(tuple(shot), len(numbers)))
    posts = places.exclude(page="").values_list("image_id", "page")
    for pk, page in posts.iterator():
        found[pk].append(numbers.setdefault((page,), len(numbers)))
    return found
