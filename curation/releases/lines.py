"""What a manifest says of images, read out of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from django.db.models import QuerySet

from curation.analysis.models import Face
from curation.consensus.models import Ruling
from curation.images.models import Image
from curation.jobs import JobState
from curation.releases.export_names import export_name
from curation.releases.geometry import face_at
from curation.releases.manifest import (
    REDRAWN_ENDING,
    DecidedBy,
    Entry,
    FaceAt,
    Place,
    digest_of_votes,
)
from curation.sources.models import Provenance
from curation.subjects.models import Subject
from curation.votes.models import Vote
from curation.votes.tallies import tally_of

_COLUMNS = (
    *("number", "name", "sha256", "size_bytes", "width", "height", "format"),
    *("bare_sha256", "bare_size_bytes", "bare_format"),
)
Images = Collection[int] | QuerySet[Image, Any]
"""Ids, or a query for them."""


def entries_of(subject: Subject, image_ids: Images) -> dict[int, Entry]:
    """By image id, what a manifest says of these images. Five queries."""
    places = _places(image_ids)
    votes = _votes(image_ids)
    ruled = set(Ruling.objects.filter(image__in=image_ids).values_list("image_id", flat=True))
    faces = _faces(image_ids)
    images = Image.objects.filter(pk__in=image_ids, subject=subject)
    rows = images.values_list("pk", *_COLUMNS, named=True)
    return {
        row.pk: _entry_of(
            row,
            places[row.pk],
            _decided_by(votes[row.pk], is_ruling=row.pk in ruled),
            faces.get(row.pk),
        )
        for row in rows.iterator()
    }


def _entry_of(image: Any, places: set[Place], decided: DecidedBy, face: FaceAt | None) -> Entry:
    """Of an image, or of a row with the `_COLUMNS` of one: 50,000 of them are made at a time."""
    file = export_name(image.number, image.name, image.format)
    redrawn = image.bare_format != image.format
    return Entry(
        number=image.number,
        name=image.name,
        file=file + REDRAWN_ENDING if redrawn else file,
        file_sha256=image.bare_sha256,
        file_size_bytes=image.bare_size_bytes,
        sha256=image.sha256,
        size_bytes=image.size_bytes,
        width=image.width,
        height=image.height,
        sources=tuple(sorted({place.source for place in places})),
        redrawn=redrawn,
        places=tuple(sorted(places, key=lambda place: place.order)),
        decided=decided,
        face=face,
    )


def _places(image_ids: Images) -> Mapping[int, set[Place]]:
    found: dict[int, set[Place]] = defaultdict(set)
    columns = ("image_id", "source__label", "path", "milliseconds", "page", "author")
    licences = ("licence_note", "source__licence_note")
    rows = Provenance.objects.filter(image__in=image_ids).order_by()
    for pk, source, path, at, page, author, own, general in rows.values_list(*columns, *licences):
        place = Place(
            source=source,
            path=path,
            milliseconds=at,
            page=page,
            author=author,
            licence=own or general,
        )
        found[pk].add(place)
    return found


def _votes(image_ids: Images) -> Mapping[int, list[tuple[str, str, int]]]:
    votes: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    rows = Vote.objects.filter(image__in=image_ids).order_by()
    columns = ("image_id", "verdict", "reason_codes", "manual_version")
    for pk, verdict, reasons, version in rows.values_list(*columns):
        votes[pk].append((verdict, reasons, version))
    return votes


def _decided_by(votes: list[tuple[str, str, int]], *, is_ruling: bool) -> DecidedBy:
    """Of what an organiser settled no vote is told: whoever reads it may be asked for one yet."""
    if is_ruling:
        votes = []
    tally = tally_of([verdict for verdict, _reasons, _version in votes])
    return DecidedBy(
        is_ruling=is_ruling,
        keep=tally.keep,
        reject=tally.reject,
        unsure=tally.unsure,
        votes_sha256=digest_of_votes(votes),
    )


def _faces(image_ids: Images) -> dict[int, FaceAt]:
    rows = Face.objects.filter(
        analysis__image__in=image_ids, analysis__state=JobState.DONE, position=1
    ).order_by()
    columns = ("left", "top", "right", "bottom", "landmarks", "yaw", "pitch", "roll")
    found = {}
    for pk, *box, landmarks, yaw, pitch, roll in rows.values_list("analysis__image_id", *columns):
        points = np.frombuffer(landmarks, "<f4").reshape(-1, 2)
        face = face_at(box, points, yaw=yaw, pitch=pitch, roll=roll) if len(points) == 68 else None
        if face is not None:
            found[pk] = face
    return found
