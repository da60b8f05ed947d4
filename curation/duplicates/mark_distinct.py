"""Use case: an organiser says that images are not the same, whatever the machine thinks."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from curation.duplicates.models import DistinctPair
from curation.errors import InvalidInput, NotFound
from curation.images.models import Image
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject

MOST_AT_ONCE = 100
"""Images in one act: each is distinct from each, which makes 4950 pairs."""


@transaction.atomic
def mark_distinct(
    *,
    subject: Subject,
    numbers: Collection[int],
    only: int | None = None,
    actor: User | None,
) -> None:
    """Remember that the images with these numbers are all distinct, or `only` one from the others.

    It holds for good: also where the machine thinks so later, or again. Twice changes nothing.
    Raises NotFound, NotAllowed, ConsentMissing or InvalidInput.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    keys = keys_of(subject, numbers)
    if only is None:
        pairs = set(combinations(sorted(keys.values()), 2))
    else:
        if only not in keys:
            raise NotFound
        apart = keys[only]
        pairs = {(min(apart, k), max(apart, k)) for k in keys.values() if k != apart}
    DistinctPair.objects.bulk_create(
        (
            DistinctPair(subject=subject, first_id=first, second_id=second, marked_by=actor)
            for first, second in sorted(pairs)
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    log.record(
        "duplicates.mark_distinct",
        actor=actor,
        project=subject.project,
        target=subject,
        images=sorted(keys),
        **({} if only is None else {"only": only}),
    )


def keys_of(subject: Subject, numbers: Collection[int]) -> dict[int, int]:
    """The images with these numbers, at least two, by number. Raises NotFound, InvalidInput."""
    wanted = set(numbers)
    if not 2 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidInput(
            _("Name between 2 and %(most)d pictures at once.") % {"most": MOST_AT_ONCE}
        )
    images = Image.objects.filter(subject=subject, number__in=wanted, purged_at=None)
    keys = dict(images.values_list("number", "pk"))
    if keys.keys() != wanted:
        raise NotFound
    return keys
