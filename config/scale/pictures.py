"""Pictures without bytes: found in sources, and looked at by the machine."""

from __future__ import annotations

import random

from django.utils import timezone

from config.scale.rows import write, write_all
from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.images.models import Image, Measures
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.models import ImportRun, Provenance, Source, SourceKind
from curation.subjects.models import Subject
from curation.vision.duplicates import DUPLICATES_VERSION
from curation.vision.hints import HINTS_VERSION


def _image(subject: Subject, number: int, chance: random.Random) -> Image:
    digest, size = f"{chance.getrandbits(256):064x}", chance.randrange(20_000, 900_000)
    return Image(
        subject=subject,
        number=number,
        name=f"图_{number}.jpg",
        sha256=digest,
        size_bytes=size,
        width=chance.randrange(400, 4000),
        height=chance.randrange(400, 4000),
        format="JPEG",
        bare_sha256=digest,
        bare_size_bytes=size,
        bare_format="JPEG",
    )


def add_images(
    subject: Subject, num: int, admin: User, chance: random.Random
) -> tuple[list[Image], list[Measures]]:
    """Images of the subject, found in one of three sources, and looked at by the machine.

    Their measures are not saved yet: hints stand in them too.
    """
    rows = (_image(subject, number, chance) for number in range(1, num + 1))
    images = list(write(Image, rows))
    Subject.objects.filter(pk=subject.pk).update(last_number=num)
    runs = [_import(subject, label, admin) for label in ("weibo", "scan", "donggong")]
    chosen = [runs[chance.randrange(len(runs))] for _image in images]
    write_all(
        Provenance,
        (
            Provenance(
                image=image,
                source=run.source,
                import_run=run,
                is_first=True,
                path=f"a/{image.name}",
            )
            for image, run in zip(images, chosen, strict=True)
        ),
    )
    write_all(
        Analysis,
        (
            Analysis(
                image=image,
                subject=subject,
                state=JobState.DONE,
                attempt=1,
                vision_version=VISION_VERSION,
                compared_by=DUPLICATES_VERSION,
                hinted_by=HINTS_VERSION,
                perceptual_hash=f"{chance.getrandbits(64):016x}",
            )
            for image in images
        ),
    )
    return images, [_measures(image, chance) for image in images]


def _measures(image: Image, chance: random.Random) -> Measures:
    """One face in most pictures, none in some, several in a few."""
    num_faces = chance.choices((0, 1, 2, 3), (5, 85, 8, 2))[0]
    row = Measures(
        image=image,
        subject_id=image.subject_id,
        number=image.number,
        num_faces=num_faces,
        brightness=chance.random(),
    )
    if num_faces:
        row.face_size = chance.uniform(0.1, 0.9) * min(image.width, image.height)
        row.yaw, row.pitch = chance.gauss(0, 30), chance.gauss(0, 12)
        row.sharpness = chance.random()
        expression = random.Random(image.number)  # noqa: S311, nothing secret
        row.mouth_open = expression.expovariate(20)
        row.eyes_open = expression.gauss(0.34, 0.04)
    return row


def _import(subject: Subject, label: str, admin: User) -> ImportRun:
    source = Source.objects.create(subject=subject, label=label)
    return ImportRun.objects.create(
        source=source,
        kind=SourceKind.FOLDER,
        path=f"/nowhere/{label}",
        given_as=label,
        started_by=admin,
        state=JobState.DONE,
        finished_at=timezone.now(),
    )
