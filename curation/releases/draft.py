"""What a release would hold, put together while voting goes on, and then made certain.

A draft is read without any lock, a piece at a time, so it may be of no single moment. `settled`
is called behind the subject's lock, where nothing changes any more, and does anew only what has
changed: which images are kept is read whole, in one narrow query, and an image's own line depends
on what never changes and on where it was found. The same bytes come out as if all had been read
behind the lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from curation.consensus.selectors import kept_images
from curation.images.bare_copies import images_without_bare_copy, make_bare_copy
from curation.images.models import Image
from curation.releases.errors import bytes_damaged, bytes_gone
from curation.releases.export_names import export_name
from curation.releases.manifest import REDRAWN_ENDING, Entry, Header, encode_entry, join_lines
from curation.sources.models import Provenance
from curation.subjects.models import Subject
from curation.vision.decode import Unreadable
from curation.votes.rule_in_force import rule_in_force

_COLUMNS = (
    *("number", "name", "sha256", "size_bytes", "width", "height", "format"),
    *("bare_sha256", "bare_size_bytes", "bare_format"),
)
AT_ONCE = 1000
"""Images of which the lines are made between two signs of life."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Lines of a manifest that is not certain yet."""

    subject: Subject
    numbers: dict[int, int]
    """By image id, the number of each image that was kept."""
    lines: dict[int, bytes]
    """By image id, its line."""
    last_provenance: int
    """Every place that was noted under a greater id is not in the lines, or perhaps not.

    Imports hold the subject's lock, so the ids of its provenances are in the order of their
    commits.
    """


def draft_of(subject: Subject, *, after_some: Callable[[], None] = lambda: None) -> Draft:
    """What is kept of the subject about now. Takes no lock; calls `after_some` now and then."""
    last = _last_provenance(subject)
    numbers = _kept(subject)
    lines = _lines_of(subject, list(numbers), after_some)
    return Draft(subject=subject, numbers=numbers, lines=lines, last_provenance=last)


def settled(draft: Draft) -> Draft:
    """The draft as it must be now. Call it behind the lock of the subject."""
    numbers = _kept(draft.subject)
    found_since = set(
        Provenance.objects.filter(
            source__subject=draft.subject, pk__gt=draft.last_provenance
        ).values_list("image_id", flat=True)
    )
    stale = [pk for pk in numbers if pk not in draft.lines or pk in found_since]
    return Draft(
        subject=draft.subject,
        numbers=numbers,
        lines=draft.lines | _lines_of(draft.subject, stale),
        last_provenance=draft.last_provenance,
    )


def bytes_of(draft: Draft) -> bytes:
    """The canonical manifest of the draft."""
    subject = draft.subject
    header = Header(project=subject.project.slug, subject=subject.slug, rule=rule_in_force(subject))
    return join_lines(header, {number: draft.lines[pk] for pk, number in draft.numbers.items()})


def entries_of(
    subject: Subject, image_ids: Collection[int] | QuerySet[Image, Any]
) -> dict[int, Entry]:
    """By image id, what a manifest says of these images. Two queries."""
    labels: dict[int, set[str]] = defaultdict(set)
    for image_id, label in Provenance.objects.filter(image__in=image_ids).values_list(
        "image_id", "source__label"
    ):
        labels[image_id].add(label)
    images = Image.objects.filter(pk__in=image_ids, subject=subject)
    rows = images.values_list("pk", *_COLUMNS, named=True)
    return {row.pk: _entry_of(row, labels[row.pk]) for row in rows.iterator()}


def _entry_of(image: Any, labels: set[str]) -> Entry:
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
        sources=tuple(sorted(labels)),
        redrawn=redrawn,
    )


def _kept(subject: Subject) -> dict[int, int]:
    return dict(kept_images(subject).order_by().values_list("pk", "number"))


def _last_provenance(subject: Subject) -> int:
    found = Provenance.objects.filter(source__subject=subject)
    return found.aggregate(last=Max("pk"))["last"] or 0


def _lines_of(
    subject: Subject, image_ids: list[int], after_some: Callable[[], None] = lambda: None
) -> dict[int, bytes]:
    lines: dict[int, bytes] = {}
    for start in range(0, len(image_ids), AT_ONCE):
        piece = image_ids[start : start + AT_ONCE]
        _have_bare_copies(piece, after_some)
        some = entries_of(subject, piece)
        lines |= {pk: encode_entry(entry) for pk, entry in some.items()}
        after_some()
    return lines


def _have_bare_copies(image_ids: list[int], after_each: Callable[[], None]) -> None:
    """Make the copies without metadata that were not made when their pictures were imported."""
    for image in images_without_bare_copy(image_ids):
        try:
            make_bare_copy(image)
        except FileNotFoundError as error:
            raise bytes_gone(image.number) from error
        except Unreadable as error:
            raise bytes_damaged(image.number) from error
        after_each()
