"""What is counted of sources and imports is what counting their pictures one by one gives."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.images.models import Image
from curation.projects.models import User
from curation.sources.add_source import add_source
from curation.sources.models import Provenance, Source
from curation.sources.selectors import import_report, imports_of, sources_with_counts
from curation.subjects.models import Subject
from tests.conftest import make_consent
from tests.stories.sources import bring_in_now, write_pictures

pictures = st.dictionaries(
    st.sampled_from(["1.png", "2.png", "a/1.png"]), st.integers(0, 4), min_size=1
)
imports = st.lists(st.tuples(st.sampled_from(["weibo", "scan"]), pictures), max_size=5)
fresh = count()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=imports)
def test_sources_and_imports_have_the_pictures_that_their_places_say(
    subject: Subject, admin: User, tmp_path: Path, done: list[tuple[str, dict[str, int]]]
) -> None:
    """The same picture in two sources, twice in one, and again at another place."""
    person = Subject.objects.create(project=subject.project, slug=f"p-{next(fresh)}", name="P")
    make_consent(person, admin)
    for label in ("weibo", "scan"):
        add_source(subject=person, label=label, licence_note="fan use", actor=None)
    for label, files in done:
        shutil.rmtree(tmp_path / "given", ignore_errors=True)
        source = Source.objects.get(subject=person, label=label)
        bring_in_now(source, write_pictures(tmp_path / "given", files))

    places = list(Provenance.objects.filter(image__subject=person).order_by("pk"))
    first = [place for n, place in enumerate(places) if place.image_id not in images_in(places[:n])]
    assert [place for place in places if place.is_first] == first
    assert images_in(first) == set(
        Image.objects.filter(subject=person).values_list("pk", flat=True)
    )
    for source in sources_with_counts(person):
        assert source.num_images == len(images_in([p for p in places if p.source_id == source.pk]))
    for run in imports_of(person, limit=9):
        num_new = sum(place.import_run_id == run.pk for place in first)
        assert run.num_new == import_report(run).numbered == num_new


def images_in(places: list[Provenance]) -> set[int]:
    return {place.image_id for place in places}


def test_an_image_gets_its_number_at_one_place_only(weibo: Source, given: Path) -> None:
    run = bring_in_now(weibo, write_pictures(given, {"1.png": 1}))
    image = Image.objects.get()
    with pytest.raises(IntegrityError):
        Provenance.objects.create(
            image=image, source=weibo, import_run=run, is_first=True, path="2.png"
        )
