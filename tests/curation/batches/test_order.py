"""The orders in which pictures are cut: each says nothing of any one picture."""

from __future__ import annotations

from collections import Counter

import pytest

from curation.batches.cut_batches import cut_batches
from curation.batches.models import BatchItem, Order
from curation.batches.order import in_order
from curation.images.models import Image, Measures
from curation.projects.models import User
from curation.sources.models import ImportRun, Provenance, Source
from curation.subjects.models import Subject
from tests.stories.batches import image_row


def place(image: Image, source: Source, run: ImportRun, **where: object) -> None:
    path = str(where.pop("path", f"{image.number}.png"))
    Provenance.objects.create(
        image=image, source=source, import_run=run, path=path, is_first=True, **where
    )


@pytest.fixture
def two_sources(subject: Subject) -> Subject:
    """Eighty pictures of one source, then twenty frames of a film, seen backwards."""
    for label, numbers in (("shelf", range(1, 81)), ("film", range(81, 101))):
        source = Source.objects.create(subject=subject, label=label, licence_note="ours")
        run = ImportRun.objects.create(source=source)
        for number in numbers:
            where: dict[str, object] = {}
            if label == "film":
                where = {
                    "path": "a.mkv",
                    "frame": 101 - number,
                    "milliseconds": (101 - number) * 40,
                    "scene": 1,
                }
            place(image_row(subject, number), source, run, **where)
    return subject


def numbers(subject: Subject, order: Order) -> list[int]:
    found = in_order(Image.objects.filter(subject=subject), order)
    return list(found.values_list("number", flat=True))


def test_by_number_and_by_time(two_sources: Subject) -> None:
    assert numbers(two_sources, Order.NUMBER) == list(range(1, 101))
    assert numbers(two_sources, Order.TIME) == [*range(1, 81), *range(100, 80, -1)]


def test_mixed_each_stretch_has_its_share_of_every_source(two_sources: Subject) -> None:
    mixed = numbers(two_sources, Order.MIXED)
    assert sorted(mixed) == list(range(1, 101))
    assert mixed == numbers(two_sources, Order.MIXED), "the same for the same"
    for start in range(0, 100, 10):
        kinds = Counter(number > 80 for number in mixed[start : start + 10])
        assert kinds[True] == 2
    of_shelf = [number for number in mixed if number <= 80]
    assert of_shelf != sorted(of_shelf)


@pytest.mark.parametrize("order", Order)
def test_no_order_follows_what_the_machine_found(two_sources: Subject, order: Order) -> None:
    before = numbers(two_sources, order)
    for measures in Measures.objects.filter(subject=two_sources):
        measures.suspicion = 1 - measures.number / 1000
        measures.sharpness = measures.yaw = -float(measures.number)
        measures.save()
    assert numbers(two_sources, order) == before


def test_another_subject_with_the_same_pictures_is_mixed_otherwise(
    two_sources: Subject,
) -> None:
    other = Subject.objects.create(project=two_sources.project, slug="bob", name="Bob")
    for number in range(1, 81):
        image_row(other, number)
    of_shelf = [number for number in numbers(two_sources, Order.MIXED) if number <= 80]
    assert numbers(other, Order.MIXED) != of_shelf


def test_an_organiser_cuts_in_that_order(two_sources: Subject, organiser: User) -> None:
    first, *_ = cut_batches(subject=two_sources, size=10, actor=organiser, order=Order.MIXED)
    items = BatchItem.objects.filter(batch=first).order_by("position")
    expected = numbers(two_sources, Order.MIXED)[:10]
    assert list(items.values_list("image__number", flat=True)) == expected
