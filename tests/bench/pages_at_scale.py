"""How long each page takes in the site that the environment names; run as a program.

    DATA_DIR=… DATABASE_URL=… python -m tests.bench.pages_at_scale NUM_IMAGES [TIMES]

Fills the database first. Prints JSON: for each page its 95th percentile in ms and its queries.
Pages are asked in this process, without a server: what they take is theirs alone.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import django


def main(num_images: int, times: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415, after setup

    call_command("migrate", verbosity=0)
    call_command("make_scale_data", images=num_images, stdout=sys.stderr)
    _freeze()
    print(json.dumps({name: measured(*page, times) for name, page in pages()}))


def _freeze() -> None:
    """Two releases to look at, between which an organiser rejected some pictures after all."""
    from curation.consensus.selectors import kept_images  # noqa: PLC0415, after setup
    from curation.consensus.settle import settle  # noqa: PLC0415
    from curation.manual.reasons import Reason  # noqa: PLC0415
    from curation.manual.verdicts import Verdict  # noqa: PLC0415
    from curation.projects.models import User  # noqa: PLC0415
    from curation.releases.freeze_release import freeze_release  # noqa: PLC0415
    from curation.subjects.models import Subject  # noqa: PLC0415

    admin, subject = User.objects.get(username="scale-admin"), Subject.objects.get()
    freeze_release(subject=subject, actor=admin)
    for image in kept_images(subject).order_by("number")[:20]:
        settle(image=image, verdict=Verdict.REJECT, reasons=[Reason.BLURRY], actor=admin)
    freeze_release(subject=subject, actor=admin)


def pages() -> Iterator[tuple[str, tuple[str, str]]]:
    """Name, then person and address, of every page that shows what there is much of."""
    from curation.batches.models import Assignment, Batch  # noqa: PLC0415, after setup
    from curation.subjects.models import Subject  # noqa: PLC0415

    subject = Subject.objects.get()
    room = f"/projects/scale/subjects/{subject.slug}/"
    batch = Batch.objects.order_by("-number")[0]
    Batch.objects.filter(pk=batch.pk).update(closed_at=None)
    holder = Assignment.objects.filter(batch=batch)[0].volunteer.username
    holder_id = Assignment.objects.filter(batch=batch)[0].volunteer_id
    of_batch = f"{room}batches/{batch.number}/"
    for name, address in {
        "home": "/",
        "project": "/projects/scale/",
        "members": "/projects/scale/members/",
        "runs": "/projects/scale/runs/",
        "new run": "/projects/scale/runs/new/",
        "subject": room,
        "subject's settings": f"{room}settings/",
        "consents": f"{room}consents/",
        "derived": f"{room}derived/",
        "sources": f"{room}sources/",
        "images": f"{room}images/",
        "hints": f"{room}hints/",
        "image": f"{room}images/{subject.last_number // 2}/",
        "batches": f"{room}batches/",
        "batch": of_batch,
        "decisions of a batch": f"{of_batch}decisions/",
        "contested": f"{room}contested/",
        "an image to settle": f"{room}contested/1/",
        "coverage": f"{room}coverage/",
        "releases": f"{room}releases/",
        "summary": f"{room}releases/summary/",
        "builder": f"{room}releases/new/",
        "release": f"{room}releases/2/",
    }.items():
        yield name, ("scale-admin", address)
    grid = f"/api/v1{room}images/"
    for name, question in {
        "grid": "",
        "grid by yaw": "?sort=yaw",
        "grid by yaw, middle": "?sort=yaw&start=0.0~1",
        "grid, kept by light": "?sort=brightness&state=kept",
        "grid, wanted": "?state=wanted",
        "grid, a source": f"?sort=face_size&source={subject.sources.first().pk}",
        "grid, blurry": "?reason=blurry",
        "grid, somebody's": f"?person={holder_id}",
        "grid, duplicates": "?sort=duplicates",
        "grid, strangers first": "?sort=likeness&descending=true",
        "grid, suspects first": "?sort=suspicion&descending=true",
        "grid, suspected blurry": "?suspected=blurry&sort=suspicion&descending=true",
        "grid, not suspected": "?suspected=none&state=rejected",
        "grid's places": "places",
        "grid's places by yaw": "places?sort=yaw",
        "grid's places, kept": "places?sort=brightness&state=kept",
        "grid's places, blurry": "places?reason=blurry",
        "grid's places, suspects": "places?sort=suspicion&descending=true",
        "grid's places, suspected": "places?suspected=any&sort=likeness",
        "position in the grid": f"position?sort=yaw&number={subject.last_number // 2}",
    }.items():
        yield name, ("scale-admin", grid + question)
    for name, address in {
        "home of a volunteer": "/",
        "desk": f"{of_batch}desk/",
        "desk's pictures": f"/api/v1/batches/{batch.pk}/desk",
        "standing": f"/api/v1/batches/{batch.pk}/standing",
    }.items():
        yield name, (holder, address)


def measured(person: str, address: str, times: int) -> dict[str, Any]:
    """Ask the page often and time it; ask it once more and count its queries."""
    from django.db import connection  # noqa: PLC0415, after setup
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from curation.projects.models import User  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=person))
    taken = []
    for _time in range(times + 1):
        begun = time.monotonic()
        answer = client.get(address)
        taken.append((time.monotonic() - begun) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    # The first time is also the first of its templates.
    p95 = statistics.quantiles(taken[1:], n=20)[-1]
    return {"p95": p95, "queries": len(queries)}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 12)
