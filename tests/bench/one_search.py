"""One search for duplicates in a database of its own; told as JSON.

python -m tests.bench.one_search NUMBER_OF_IMAGES FOLDER_OF_PICTURES

The pictures are made up, as many as are wanted, from those in the folder: each is one of them,
turned, enlarged and shifted, with another shining through, so that they resemble each other as
pictures of one person do. Their descriptors lie as far apart as those of one person. One in ten is
a copy of another. A hundred more come in afterwards and are compared alone.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from curation import store  # noqa: E402
from curation.analysis.look import VISION_VERSION  # noqa: E402
from curation.analysis.models import Analysis, Face, StoredSketch  # noqa: E402
from curation.duplicates import find_duplicates as module  # noqa: E402
from curation.duplicates.models import DuplicateSearch, NearPair  # noqa: E402
from curation.images.models import Image  # noqa: E402
from curation.jobs import JobState  # noqa: E402
from curation.projects.models import Project, User  # noqa: E402
from curation.subjects.models import Basis, Consent, Subject  # noqa: E402
from curation.vision.decode import decode  # noqa: E402
from curation.vision.hashes import perceptual_hash  # noqa: E402
from curation.vision.sketch import SIDE, sketch_of  # noqa: E402
from tests.bench.pictures_at import readable  # noqa: E402

NUM_LATER = 100
COPY_EVERY = 10
SPREAD, NUM_TRAITS = 0.45, 16
"""How far apart descriptors of one person are in the middle, and in how many ways they differ."""
AT_ONCE = 2000


class Pictures:
    """Makes pictures up, one after the other."""

    def __init__(self, folder: Path) -> None:
        self._chance = np.random.default_rng(7)
        self._pool = [
            cv2.resize(sketch_of(decode(path.read_bytes()).rgb).gray, (SIDE, SIDE))
            for path in readable(folder)[:400]
        ]
        self._traits = self._chance.normal(0, 1, (NUM_TRAITS, 128)) / np.sqrt(128)
        self._last: tuple[Any, Any] | None = None

    def next(self, *, is_copy: bool) -> tuple[Any, Any]:
        """The gray pixels of a picture, and its face's descriptor."""
        if is_copy and self._last:
            gray, descriptor = self._last
            noise = self._chance.normal(0, 4, gray.shape)
            gray = np.clip(gray * self._chance.uniform(0.8, 1.1) + noise, 0, 255).astype(np.uint8)
            descriptor = descriptor + self._chance.normal(0, 0.003, 128)
        else:
            gray = cv2.addWeighted(self._one(), 0.7, self._one(), 0.3, 0).astype(np.uint8)
            some = self._chance.normal(0, SPREAD / np.sqrt(2 * NUM_TRAITS), NUM_TRAITS)
            descriptor = some @ self._traits
        self._last = gray, descriptor.astype("<f4")
        return self._last

    def _one(self) -> Any:
        chosen = self._pool[self._chance.integers(len(self._pool))]
        turn, scale = self._chance.uniform(-15, 15), self._chance.uniform(0.9, 1.5)
        matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), turn, scale)
        matrix[:, 2] += self._chance.uniform(-0.15, 0.15, 2) * SIDE
        size = (SIDE, SIDE)
        return cv2.warpAffine(chosen, matrix, size, borderMode=cv2.BORDER_REFLECT)


def add(subject: Subject, pictures: Pictures, numbers: range) -> None:
    """Images that were looked at."""
    for start in range(numbers.start, numbers.stop, AT_ONCE):
        part = range(start, min(start + AT_ONCE, numbers.stop))
        made = [pictures.next(is_copy=number % COPY_EVERY == 0) for number in part]
        images = Image.objects.bulk_create(
            Image(
                subject=subject,
                number=number,
                name="x.jpg",
                sha256=f"{number:064x}",
                size_bytes=1,
                width=640,
                height=640,
                format="JPEG",
            )
            for number in part
        )
        analyses = Analysis.objects.bulk_create(
            Analysis(
                image=image,
                subject=subject,
                state=JobState.DONE,
                vision_version=VISION_VERSION,
                perceptual_hash=f"{perceptual_hash(gray):016x}",
            )
            for image, (gray, _descriptor) in zip(images, made, strict=True)
        )
        StoredSketch.objects.bulk_create(
            StoredSketch(analysis=analysis, pixels=gray.tobytes(), width=SIDE)
            for analysis, (gray, _descriptor) in zip(analyses, made, strict=True)
        )
        Face.objects.bulk_create(
            Face(
                analysis=analysis,
                position=1,
                left=200,
                top=200,
                right=400,
                bottom=400,
                landmarks=b"",
                descriptor=descriptor.tobytes(),
                yaw=0,
                pitch=0,
                roll=0,
                sharpness=0.5,
                perceptual_hash=f"{perceptual_hash(gray[16:48, 16:48]):016x}",
            )
            for analysis, (gray, descriptor) in zip(analyses, made, strict=True)
        )


def search(subject: Subject) -> dict[str, float]:
    """How long a search takes, and how much it had to look at."""
    row, _new = DuplicateSearch.objects.update_or_create(
        subject=subject, defaults={"state": JobState.WAITING, "attempt": 0}
    )
    num_looked_at = 0
    true = module.likeness

    def counting(*given: Any, **more: Any) -> float:
        nonlocal num_looked_at
        num_looked_at += 1
        return true(*given, **more)

    module.likeness = counting
    start, cpu = time.perf_counter(), time.process_time()
    module.find_duplicates(search_id=row.pk)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    module.likeness = true
    row.refresh_from_db()
    assert row.state == JobState.DONE, row.problem
    return {"seconds": seconds, "cpu": cpu, "looked_at": num_looked_at}


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    num, folder = int(sys.argv[1]), Path(sys.argv[2])
    django.core.management.call_command("migrate", verbosity=0)
    anna = User.objects.create_user("anna")
    subject = Subject.objects.create(
        project=Project.objects.create(slug="bench", name="Bench"), slug="ada", name="Ada"
    )
    Consent.objects.create(
        subject=subject,
        basis=Basis.INVENTED_PERSON,
        covers_curate=True,
        signed_by="nobody",
        evidence_sha256=store.put(b"evidence"),
        evidence_name="e.txt",
        valid_from="2020-01-01",
        recorded_by=anna,
    )
    pictures = Pictures(folder)
    add(subject, pictures, range(1, num + 1))
    before = megabytes()
    first = search(subject)
    found = NearPair.objects.filter(subject=subject).values_list("first__number", "second__number")
    copies = {(number - 1, number) for number in range(COPY_EVERY, num + 1, COPY_EVERY)}
    told = {
        **first,
        "megabytes": megabytes() - before,
        "pairs": found.count(),
        "copies": len(copies),
        "copies_found": len(copies & set(found)),
    }
    add(subject, pictures, range(num + 1, num + NUM_LATER + 1))
    told["later"] = search(subject) | {"num": NUM_LATER}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
