"""What a release would hold, put together while voting goes on, and then made certain.

A draft is read without any lock, a piece at a time, so it may be of no single moment. `settled`
is called behind the subject's lock, where nothing changes any more, and does anew only what has
changed: which images are kept and how they stand is read whole, in one narrow query. The same bytes
come out as if all had been read behind the lock.

Where only some are chosen, that takes seconds for a large set, so it is not done behind the lock:
chosen is among those that were kept when the draft was begun. Only if one of the chosen is kept no
longer, or other pictures are near each other by now, all is chosen anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from curation.consensus.selectors import kept_images
from curation.duplicates.models import DistinctPair, NearPair
from curation.images.bare_copies import images_without_bare_copy, make_bare_copy
from curation.releases.choose import choose
from curation.releases.considered import considered
from curation.releases.errors import bytes_damaged, bytes_gone
from curation.releases.lines import entries_of
from curation.releases.manifest import Header, encode_entry, join_lines
from curation.releases.selection import ALL, Selection
from curation.sources.models import Provenance, Source
from curation.subjects.models import Subject
from curation.vision.decode import Unreadable
from curation.votes.models import Vote, VoteEvent
from curation.votes.rule_in_force import rule_in_force

AT_ONCE = 1000
"""Images of which the lines are made between two signs of life."""
A_WHILE = dt.timedelta(seconds=20)
"""Longer than a vote takes from its time of day to its end: what is cast earlier can be read."""

Standing = tuple[Any, ...]
"""All that a line depends on and that can change, but for places and votes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Lines of a manifest that is not certain yet."""

    subject: Subject
    selection: Selection
    chosen: Mapping[int, bool] | None
    """By image id, whether it is held out, of each that was chosen; None where all are."""
    begun_at: dt.datetime
    """What was cast since then is not in the lines, or perhaps not."""
    standings: Mapping[int, Standing]
    """By image id, of each image that was kept: its number first."""
    lines: Mapping[int, bytes]
    """By image id, its line."""
    nearness: tuple[int | None, ...]
    """Another one where other pairs are near by now, or said to be distinct."""
    licences: Mapping[int, str]
    """By source id, what is noted of it; lines name it."""
    last_provenance: int
    """Every place that was noted under a greater id is not in the lines, or perhaps not.

    Imports hold the subject's lock, so the ids of its provenances are in the order of their
    commits.
    """


def draft_of(
    subject: Subject,
    selection: Selection = ALL,
    *,
    after_some: Callable[[], None] = lambda: None,
) -> Draft:
    """What is chosen of the kept about now. Takes no lock; calls `after_some` now and then."""
    empty = Draft(
        subject=subject,
        selection=selection,
        nearness=_nearness(subject),  # before it is chosen by
        chosen=_chosen(subject, selection, after_some),
        begun_at=timezone.now(),
        standings={},
        lines={},
        licences={},
        last_provenance=0,
    )
    first = settled(empty, after_some=after_some)
    return settled(first, after_some=after_some)  # what the first look missed, for it took long


def settled(draft: Draft, *, after_some: Callable[[], None] = lambda: None) -> Draft:
    """The draft as it must be now. Call it behind the lock of the subject, and it is certain."""
    subject = draft.subject
    begun_at, last, licences = timezone.now(), _last_provenance(subject), _licences(subject)
    standings = _standings(subject)
    chosen = draft.chosen
    nearness = draft.nearness if chosen is None else _nearness(subject)
    is_odd = nearness != draft.nearness or not (chosen or {}).keys() <= standings.keys()
    if chosen is not None and is_odd:
        chosen = _chosen(subject, draft.selection, after_some)
    if chosen is not None:
        standings = {pk: standings[pk] for pk in chosen if pk in standings}
    changed = _found_since(draft) | _voted_since(draft)
    all_anew = licences != draft.licences
    held_out = {pk for pk, is_held_out in (chosen or {}).items() if is_held_out}
    standings = {pk: (*standing, pk in held_out) for pk, standing in standings.items()}
    stale = [
        pk
        for pk, standing in standings.items()
        if all_anew or pk in changed or draft.standings.get(pk) != standing
    ]
    return replace(
        draft,
        chosen=chosen,
        begun_at=begun_at,
        nearness=nearness,
        standings=standings,
        lines={**draft.lines, **_lines_of(subject, stale, held_out, after_some)},
        licences=licences,
        last_provenance=last,
    )


def bytes_of(draft: Draft) -> bytes:
    """The canonical manifest of the draft."""
    lines = {standing[0]: draft.lines[pk] for pk, standing in draft.standings.items()}
    return join_lines(header_of(draft.subject, draft.selection), lines)


def header_of(subject: Subject, selection: Selection = ALL) -> Header:
    """What the first line of a release of the subject says now."""
    return Header(
        project=subject.project.slug,
        subject=subject.slug,
        rule=rule_in_force(subject),
        selection=selection.header(),
    )


def _chosen(
    subject: Subject, selection: Selection, after_some: Callable[[], None]
) -> dict[int, bool] | None:
    if selection.takes_all:
        return None
    chosen = choose(considered(subject, after_some=after_some), selection)
    return {pk: pk in chosen.held_out for pk in chosen.taken}


def _nearness(subject: Subject) -> tuple[int | None, ...]:
    pairs = (NearPair.objects.filter(subject=subject), DistinctPair.objects.filter(subject=subject))
    told = (rows.aggregate(num=Count("pk"), last=Max("pk")) for rows in pairs)
    return tuple(number for each in told for number in (each["num"], each["last"]))


def _standings(subject: Subject) -> dict[int, Standing]:
    """How each kept image stands. Whoever looks at a picture anew replaces its face and measures
    in one transaction, so the measures tell of the face."""
    measures = (f"measures__{key}" for key in ("yaw", "pitch", "sharpness", "face_size"))
    rows = kept_images(subject).order_by()
    columns = ("pk", "number", "tally__packed", "ruling__pk", *measures)
    return {pk: tuple(standing) for pk, *standing in rows.values_list(*columns).iterator()}


def _last_provenance(subject: Subject) -> int:
    found = Provenance.objects.filter(source__subject=subject)
    return found.aggregate(last=Max("pk"))["last"] or 0


def _licences(subject: Subject) -> dict[int, str]:
    return dict(Source.objects.filter(subject=subject).values_list("pk", "licence_note"))


def _found_since(draft: Draft) -> set[int]:
    found = Provenance.objects.filter(source__subject=draft.subject, pk__gt=draft.last_provenance)
    return set(found.values_list("image_id", flat=True))


def _voted_since(draft: Draft) -> set[int]:
    """Votes that were cast or changed, and those that were rolled back, whose time is an old one.

    One that was taken back shows in the tally.
    """
    since = draft.begun_at - A_WHILE
    votes = Vote.objects.filter(image__subject=draft.subject, cast_at__gte=since)
    undone = VoteEvent.objects.filter(
        image__subject=draft.subject, at__gte=since, is_rolled_back=True
    )
    return {
        *votes.values_list("image_id", flat=True),
        *undone.order_by().values_list("image_id", flat=True),
    }


def _lines_of(
    subject: Subject,
    image_ids: list[int],
    held_out: Collection[int],
    after_some: Callable[[], None],
) -> dict[int, bytes]:
    lines: dict[int, bytes] = {}
    for start in range(0, len(image_ids), AT_ONCE):
        piece = image_ids[start : start + AT_ONCE]
        _have_bare_copies(piece, after_some)
        some = entries_of(subject, piece)
        lines |= {
            pk: encode_entry(replace(entry, held_out=pk in held_out)) for pk, entry in some.items()
        }
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
