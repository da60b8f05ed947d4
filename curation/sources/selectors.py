"""Reads of this stage: where pictures came from, how imports went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from curation.images.models import Image
from curation.images.selectors import images_of
from curation.jobs import JobState
from curation.sources.models import FileOutcome, Film, ImportRun, Outcome, Provenance, Source
from curation.sources.problems import sentence_of
from curation.subjects.models import Subject


def images_from(subject: Subject, source: Source | None) -> QuerySet[Image]:
    """The subject's images, or only those that were found in one source."""
    if source is None:
        return images_of(subject)
    return images_of(subject).filter(
        Exists(Provenance.objects.filter(image=OuterRef("pk"), source=source))
    )


def sources_with_counts(subject: Subject) -> QuerySet[Source]:
    """The subject's sources by label, each with `num_images` that were found there."""
    # Written as a question of each source, so that an index answers it without sorting.
    found = Provenance.objects.filter(source=OuterRef("pk")).order_by().values("image").distinct()
    return (
        Source.objects.filter(subject=subject)
        .select_related("brought_by")
        .annotate(num_images=NumRows(found))
    )


class NumRows(Subquery):
    """How many rows a question has. Unlike `Count` it counts distinct ones as an index has them."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def provenances_of(image: Image) -> QuerySet[Provenance]:
    """Every place where the image's bytes were found, the first one first."""
    return image.provenances.select_related("source", "import_run").order_by("pk")


def imports_of(subject: Subject, *, limit: int) -> QuerySet[ImportRun]:
    """The subject's latest imports, each with `num_new` pictures and `num_refused` files."""
    return (
        ImportRun.objects.filter(source__subject=subject)
        .select_related("source", "started_by")
        .annotate(
            num_new=_num_of_import(Provenance.objects.filter(is_first=True)),
            num_refused=_num_of_import(FileOutcome.objects.filter(outcome=Outcome.REFUSED)),
        )
        .order_by("-pk")[:limit]
    )


def imports_under_way(subject: Subject) -> QuerySet[ImportRun]:
    """The subject's imports that a worker has or will have, the first one first."""
    unfinished = (JobState.WAITING, JobState.RUNNING)
    runs = ImportRun.objects.filter(source__subject=subject, state__in=unfinished, is_asking=False)
    return runs.select_related("source").order_by("pk")


def _num_of_import(rows: QuerySet[Any]) -> NumRows:
    """How many of `rows` belong to each import of the outer query."""
    return NumRows(rows.filter(import_run=OuterRef("pk")).order_by().values("pk"))


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """All files of an import that did not come in for the same reason."""

    outcome: Outcome
    code: str
    num: int

    @property
    def sentence(self) -> str:
        """What they are or what is wrong with them, and the cure, in the reader's language."""
        return sentence_of(self.code)


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What became of the files of an import, as far as it has come. Counted, never remembered."""

    found: int | None
    """All files there are; None before anybody has looked."""
    numbered: int
    """Pictures that got a number: the new files, and frames of films."""
    new: int
    """Files that became a picture under a new number."""
    same: int
    """Files whose bytes were in already; only the new place was noted."""
    known: int
    """Files that an earlier import from the same place has imported already."""
    num_films: int
    """Films that were watched to their end."""
    films: list[Film]
    """Each with `num_pictures`, also those that are not at their end or were refused."""
    refused: list[FileKind]
    """By why, the most frequent first; and so the next."""
    left_out: list[FileKind]

    @property
    def num_refused(self) -> int:
        return sum(kind.num for kind in self.refused)

    @property
    def num_left_out(self) -> int:
        return sum(kind.num for kind in self.left_out)

    @property
    def accounted(self) -> int:
        """The sum of all, which is `found` when the import is done."""
        pictures = self.new + self.same + self.known
        return pictures + self.num_films + self.num_left_out + self.num_refused


def import_report(run: ImportRun) -> ImportReport:
    """What became of the files so far; three queries."""
    counted = run.outcomes.order_by().values_list("outcome", "code").annotate(num=Count("pk"))
    kinds = [
        FileKind(outcome=Outcome(outcome), code=code, num=num)
        for outcome, code, num in counted.order_by("-num", "code")
    ]
    of_pictures = {kind.outcome: kind.num for kind in kinds}
    return ImportReport(
        found=run.files_found,
        numbered=Provenance.objects.filter(import_run=run, is_first=True).count(),
        new=of_pictures.get(Outcome.NEW, 0),
        same=of_pictures.get(Outcome.SAME, 0),
        known=of_pictures.get(Outcome.KNOWN, 0),
        num_films=of_pictures.get(Outcome.FILM, 0),
        films=films_of(run),
        refused=[kind for kind in kinds if kind.outcome == Outcome.REFUSED],
        left_out=[kind for kind in kinds if kind.outcome == Outcome.LEFT_OUT],
    )


def films_of(run: ImportRun) -> list[Film]:
    """The import's films, each with `num_pictures` of it that are in; one query."""
    pictures = Provenance.objects.filter(
        source=run.source_id, path=OuterRef("path"), frame__gt=0
    ).order_by()
    counted = pictures.values("path").annotate(num=Count("image", distinct=True)).values("num")
    return list(run.films.annotate(num_pictures=Coalesce(Subquery(counted), 0)))


FILES_PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class FilePage:
    """Some of the files that did not come in for the same reason."""

    files: list[FileOutcome]
    next_after: int | None
    """The next page begins after the file of this position; none when there is no more."""


def files_after(run: ImportRun, kind: FileKind, after: int) -> FilePage:
    """The import's files of one kind that follow the one at `after`; one query."""
    found = run.outcomes.filter(outcome=kind.outcome, code=kind.code, position__gt=after)
    rows = list(found.order_by("position")[: FILES_PER_PAGE + 1])
    shown = rows[:FILES_PER_PAGE]
    last = shown[-1].position if len(rows) > len(shown) else None
    return FilePage(files=shown, next_after=last)
