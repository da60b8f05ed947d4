"""How many pictures in a state come from each source, without reading what was measured of them."""

from __future__ import annotations

from django.db import connection

from curation.grid.sql import IMAGES, NEVER, PROVENANCES, Part, all_of, image_in
from curation.grid.states import State, StateConditions, hidden_from
from curation.projects.models import User
from curation.sources.models import Source
from curation.subjects.models import Subject

_PURGED = f"SELECT p.id FROM {IMAGES} p WHERE p.subject_id = %s AND p.purged_at IS NOT NULL"  # noqa: S608, our tables


def num_by_source(subject: Subject, viewer: User, state: State) -> dict[int, int]:
    """By the id of a source, how many in one of the decided states got their numbers from it.

    Each counts once, where it was found first, as far as the viewer may know. Three queries.
    """
    hidden_ids = hidden_from(viewer, subject)
    hidden = NEVER if hidden_ids is None else image_in(hidden_ids)
    narrowed = StateConditions.of(subject, hidden).decided_as(state)
    assert narrowed.images is not None, "a decided state is a query of its own"  # noqa: S101, types
    conditions = all_of(
        [
            Part("m.is_first"),
            image_in(Source.objects.filter(subject=subject).values("pk"), "m.source_id"),
            Part(f"m.image_id NOT IN ({_PURGED})", (subject.pk,)),
            *narrowed.conditions,
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT m.source_id, COUNT(*) FROM {PROVENANCES} m"  # noqa: S608, our tables
            f" JOIN ({narrowed.images.sql}) n ON n.image_id = m.image_id"
            f" WHERE {conditions.sql} GROUP BY m.source_id",
            (*narrowed.images.parameters, *conditions.parameters),
        )
        return dict(cursor.fetchall())
