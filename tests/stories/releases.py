"""People and pictures that the stories of this stage begin with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curation.consensus.selectors import kept_images
from curation.consensus.settle import settle
from curation.images.models import Image, Measures
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.releases.draft import header_of
from curation.releases.lines import entries_of
from curation.releases.manifest import Manifest
from curation.sources.models import ImportRun, Provenance, Source, SourceKind
from curation.subjects.models import Subject


@pytest.fixture
def keep(organiser: User) -> Callable[[Image], None]:
    """The organiser's word that an image is good."""

    def say_so(image: Image) -> None:
        settle(image=image, verdict=Verdict.KEEP, actor=organiser)

    return say_so


@pytest.fixture
def found_in() -> Callable[[Image, str], None]:
    """Notes that an image's bytes came from the source with that label."""

    def note(image: Image, label: str) -> None:
        source, _ = Source.objects.get_or_create(subject=image.subject, label=label)
        run, _ = ImportRun.objects.get_or_create(
            source=source, kind=SourceKind.FOLDER, path="/in", given_as="in"
        )
        Provenance.objects.create(
            image=image,
            source=source,
            import_run=run,
            is_first=not image.provenances.exists(),
            path=f"{label}/{image.name}",
        )

    return note


@pytest.fixture
def kept_image(
    make_image: Callable[..., Image],
    keep: Callable[[Image], None],
    found_in: Callable[[Image, str], None],
) -> Callable[..., Image]:
    """Makes a kept image found in one or more sources."""

    def make(*labels: str, name: str = "图 1.png") -> Image:
        image = make_image(name=name)
        keep(image)
        for label in labels or ("weibo",):
            found_in(image, label)
        return image

    return make


def seen(image: Image, **measured: float) -> None:
    """What the machine saw in a picture."""
    plain = {"brightness": 0.5, "pitch": 0.0, "sharpness": 0.3, "face_size": 300.0}
    Measures.objects.update_or_create(
        image=image,
        defaults={
            "subject": image.subject,
            "number": image.number,
            "num_faces": 1,
            **plain,
            **measured,
        },
    )


def manifest_now(subject: Subject) -> Manifest:
    """What a release would hold if the subject were frozen at this moment."""
    entries = entries_of(subject, kept_images(subject).order_by().values("pk"))
    return Manifest(
        header=header_of(subject),
        entries=tuple(sorted(entries.values(), key=lambda entry: entry.number)),
    )
