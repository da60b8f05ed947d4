"""Compare a subject's new images with all others, and note which are nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from django.db import transaction
from django.db.models import Q

from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.duplicates.models import DuplicateSearch, NearPair
from curation.duplicates.prints import SubjectPrints, prints_of, sketches_of
from curation.jobs import JobState, LeaseLost, work_on
from curation.subjects.gate import ConsentMissing, require_consent
from curation.subjects.models import Act
from curation.vision.duplicates import (
    DUPLICATES_VERSION,
    Candidate,
    candidates,
    likeness,
)

IMAGES_AT_ONCE = 500
"""New images whose pairs are written in one transaction."""
CANDIDATES_AT_ONCE = 2000
"""Whose sketches are held in memory, and compared between two signs of life."""


def find_duplicates(*, search_id: int) -> None:
    """Do a search. Safe to run again: what was compared before is not compared again.

    What an interrupted search found stays. Without consent no picture is looked at.
    """
    work_on(DuplicateSearch, search_id, _search)


def _search(search: DuplicateSearch) -> None:
    with suppress(ConsentMissing):  # begins again when there is one
        _compare_new(search)
    search.finish(JobState.DONE)


def _compare_new(search: DuplicateSearch) -> None:
    subject = search.subject
    with transaction.atomic():
        require_consent(subject, Act.CURATE)
    known = prints_of(subject)
    for end in range(known.num_known, len(known), IMAGES_AT_ONCE):
        last = min(end + IMAGES_AT_ONCE, len(known))
        some = known.up_to(last)
        found = _near_pairs(search, some, num_known=end)
        _keep(search, some.image_ids[end:], found)


def _near_pairs(search: DuplicateSearch, known: SubjectPrints, *, num_known: int) -> list[NearPair]:
    """The pairs of those from `num_known` on that are nearly the same by their pixels too."""
    alike = candidates(known.prints, num_known=num_known)
    found: list[NearPair] = []
    while some := list(islice(alike, CANDIDATES_AT_ONCE)):
        search.renew()
        found += _judge(search, known, some)
    return found


def _judge(
    search: DuplicateSearch, known: SubjectPrints, alike: Sequence[Candidate]
) -> list[NearPair]:
    ids = known.image_ids
    sketches = sketches_of({ids[place] for each in alike for place in (each.earlier, each.later)})
    found = []
    for each in alike:
        # The one that was taken in first is laid on the other, whichever was analysed first: so
        # that what is found depends on the pair alone.
        first, second = (sketches.get(pk) for pk in sorted((ids[each.earlier], ids[each.later])))
        if first is None or second is None:
            continue
        measured = likeness(first, second, is_mirrored=each.is_mirrored, edges_meet=each.edges_meet)
        if measured >= each.wanted:
            found.append(_pair(search, known, each, measured))
    return found


def _pair(
    search: DuplicateSearch, known: SubjectPrints, candidate: Candidate, likeness: float
) -> NearPair:
    first, second = sorted((known.image_ids[candidate.earlier], known.image_ids[candidate.later]))
    return NearPair(
        subject_id=search.subject_id,
        first_id=first,
        second_id=second,
        hash_bits=candidate.hash_bits,
        face_bits=candidate.face_bits,
        descriptor=candidate.descriptor,
        likeness=likeness,
        is_one_shot=candidate.is_one_shot,
        version=DUPLICATES_VERSION,
    )


@transaction.atomic
def _keep(search: DuplicateSearch, image_ids: Sequence[int], found: Sequence[NearPair]) -> None:
    """Replace what was known of these images. Raises LeaseLost, ConsentMissing."""
    require_consent(search.subject, Act.CURATE)
    if not search.is_still_mine():
        raise LeaseLost
    NearPair.objects.filter(Q(first__in=image_ids) | Q(second__in=image_ids)).delete()
    NearPair.objects.bulk_create(found, batch_size=500)
    Analysis.objects.filter(
        image__in=image_ids, state=JobState.DONE, vision_version=VISION_VERSION
    ).update(compared_by=DUPLICATES_VERSION, hinted_by=0)
