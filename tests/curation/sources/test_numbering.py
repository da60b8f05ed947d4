"""However imports cross, repeat and die: a number is given once, bytes are kept once."""

from __future__ import annotations

import threading
from itertools import count, groupby
from operator import itemgetter
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.images.models import Image
from curation.jobs import JobState
from curation.projects.models import User
from curation.sources.add_source import add_source
from curation.sources.kinds.found import FoundFile
from curation.sources.models import ImportRun, Provenance, Source
from curation.sources.take_in import Intake
from curation.subjects.models import Subject
from curation.vision.hashes import sha256_of
from tests.conftest import make_consent, picture_bytes
from tests.stories.sources import bring_in_now, write_pictures

PATHS = ["1.png", "a/1.png", "图 2.png", "图 10.png"]
SEEDS = range(4)
fresh = count()

places = st.tuples(
    st.sampled_from(["weibo", "scan"]), st.sampled_from(PATHS), st.sampled_from(SEEDS)
)


def found_file(path: str, seed: int) -> FoundFile:
    data = picture_bytes(seed)
    return FoundFile(path=path, size=len(data), open_bytes=lambda: data)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(crossing=st.lists(places, max_size=14))
def test_any_crossing_of_imports_numbers_in_order_of_intake(
    subject: Subject, admin: User, crossing: list[tuple[str, str, int]]
) -> None:
    """Files of two imports in any order, with repeats, renames and the same bytes elsewhere."""
    person = Subject.objects.create(
        project=subject.project, slug=f"person-{next(fresh)}", name="Somebody"
    )
    make_consent(person, admin)
    runs = {
        label: ImportRun.objects.create(
            source=add_source(subject=person, label=label, licence_note="fan use", actor=None),
            kind="folder",
            path="/",
            given_as="x",
            state=JobState.RUNNING,
        )
        for label in ("weibo", "scan")
    }

    intakes = {label: Intake(run) for label, run in runs.items()}
    for label, files in groupby(crossing, key=itemgetter(0)):
        group = [found_file(path, seed) for _, path, seed in files]
        intakes[label].take_in(group)

    images = list(Image.objects.filter(subject=person).order_by("number"))
    first_seen = list(dict.fromkeys(seed for _, _, seed in crossing))
    assert [image.number for image in images] == list(range(1, len(first_seen) + 1))
    assert [image.sha256 for image in images] == [sha256_of(picture_bytes(s)) for s in first_seen]
    noted = Provenance.objects.filter(image__subject=person)
    assert sorted(noted.values_list("source__label", "path", "image__sha256")) == sorted(
        {(label, path, sha256_of(picture_bytes(seed))) for label, path, seed in crossing}
    )


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_folder_at_once_give_no_number_twice(
    subject: Subject, given: Path
) -> None:
    folder = write_pictures(given, {f"图 {n}.png": n % 25 for n in range(40)})
    sources = [
        add_source(subject=subject, label=label, licence_note="fan use", actor=None)
        for label in ("a", "b")
    ]
    gate = threading.Barrier(3)
    runs: list[ImportRun | Exception] = []

    def bring_in(source: Source) -> None:
        try:
            gate.wait()
            runs.append(bring_in_now(source, folder))
        except Exception as problem:  # noqa: BLE001, shown by the assertion below
            runs.append(problem)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=bring_in, args=(source,)) for source in (*sources, sources[0])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [getattr(run, "state", run) for run in runs] == [JobState.DONE] * 3
    numbers = Image.objects.filter(subject=subject).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, 26))
    assert Provenance.objects.count() == 80, "40 places in each of two sources, each noted once"
    subject.refresh_from_db()
    assert subject.last_number == 25
