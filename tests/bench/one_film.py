"""One import of a film in a database of its own, told as JSON: seconds, memory, what came of it.

python -m tests.bench.one_film FILM [EVERY]
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import django

django.setup()

import psutil  # noqa: E402
from django.core.management import call_command  # noqa: E402

from curation.images.models import Image  # noqa: E402
from curation.projects.models import Project, User  # noqa: E402
from curation.sources.add_source import add_source  # noqa: E402
from curation.sources.film_settings import EVERY, FilmSettings  # noqa: E402
from curation.sources.models import Film, SourceKind  # noqa: E402
from curation.sources.start_import import import_now  # noqa: E402
from curation.subjects.models import Subject  # noqa: E402
from tests.conftest import make_consent  # noqa: E402

MEGABYTE = 2**20


class Watch(threading.Thread):
    """Looks ten times a second how much memory this process and its children hold together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.samples: list[tuple[float, int]] = []
        self.over = threading.Event()

    def run(self) -> None:
        this = psutil.Process()
        while not self.over.wait(0.1):
            held = this.memory_info().rss
            for child in this.children(recursive=True):
                try:
                    held += child.memory_info().rss
                except psutil.Error:
                    continue  # it has just ended
            self.samples.append((time.perf_counter(), held // MEGABYTE))

    def most(self, begin: float, end: float) -> int:
        """Megabytes, between two moments."""
        return max((held for at, held in self.samples if begin <= at <= end), default=0)


def processor_seconds() -> tuple[float, float]:
    """Used so far by this process and its children, and by everybody."""
    this = psutil.Process()
    ours = sum(this.cpu_times()[:4])
    for child in this.children(recursive=True):
        ours += sum(child.cpu_times()[:2])
    everybody = psutil.cpu_times()
    idle = everybody.idle + getattr(everybody, "iowait", 0.0)
    guests = getattr(everybody, "guest", 0.0) + getattr(everybody, "guest_nice", 0.0)
    return ours, sum(everybody) - idle - guests


def main() -> None:
    path = Path(sys.argv[1])
    every = int(sys.argv[2]) if len(sys.argv) > 2 else EVERY
    call_command("migrate", verbosity=0)
    anna = User.objects.create_user("anna")
    project = Project.objects.create(slug="fans", name="Fans")
    subject = Subject.objects.create(project=project, slug="ada", name="Ada")
    make_consent(subject, anna)
    watch = Watch()
    watch.start()
    before = processor_seconds()
    start = time.perf_counter()
    run = import_now(
        source=add_source(subject=subject, label="drama", licence_note="own", actor=None),
        kind=SourceKind.FILM,
        path=path.absolute(),
        given_as=path.name,
        actor=None,
        on_progress=lambda _: None,
        films=FilmSettings(every=every),
    )
    end = time.perf_counter()
    ours, everybody = (now - then for now, then in zip(processor_seconds(), before, strict=True))
    watch.over.set()
    film = Film.objects.get()
    assert (run.state, film.problem) == ("done", ""), (run.problem, film.problem)
    half = (start + end) / 2
    told = {
        "seconds": end - start,
        "processor_seconds": ours,
        "others_processor_seconds": max(0.0, everybody - ours),
        "length": film.length,
        "pictures": Image.objects.count(),
        "steps": film.step,
        "scenes": film.scenes,
        "no_face": film.no_face,
        "small_face": film.small_face,
        "megabytes": watch.most(start, end),
        "megabytes_first_half": watch.most(start, half),
        "megabytes_second_half": watch.most(half, end),
        "stored_megabytes": sum(Image.objects.values_list("size_bytes", flat=True)) / MEGABYTE,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
