"""Notes which packs and films far away the next import need not fetch again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from curation.sources.kinds.found import FoundFile
from curation.sources.models import FetchedWhole, ImportRun, Outcome
from curation.sources.outcomes import shown


def note_fetched_whole(run: ImportRun, opened: Sequence[tuple[str, tuple[FoundFile, ...]]]) -> None:
    """Note those of the `opened` packs, by what they are called, and of the films of the import of
    which nothing was refused. What was may come in another time, by a password or another program.
    """
    refused = run.outcomes.filter(outcome=Outcome.REFUSED)
    places = set(run.films.filter(is_over=True, problem="").values_list("path", "etag"))
    for name, parts in opened:
        of_pack = Q(path=shown(name)) | Q(path__startswith=f"{shown(name)}/")
        of_parts = Q(path__in=[shown(part.path) for part in parts])
        if not refused.filter(of_pack | of_parts).exists():
            places.update((part.path, part.origin().etag) for part in parts)
    FetchedWhole.objects.bulk_create(
        [FetchedWhole(import_run=run, path=path, etag=etag) for path, etag in places],
        ignore_conflicts=True,
    )
