"""Reads of this stage: where pictures came from, how imports went."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from curation.images.models import Image
from curation.images.selectors import images_of
from curation.sources.models import Film, ImportProblem, ImportRun, Provenance, Source
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
    return Source.objects.filter(subject=subject).annotate(
        num_images=Count("provenances__image", distinct=True)
    )


def provenances_of(image: Image) -> QuerySet[Provenance]:
    """Every place where the image's bytes were found, the first one first."""
    return image.provenances.select_related("source", "import_run").order_by("pk")


def imports_of(subject: Subject, *, limit: int) -> QuerySet[ImportRun]:
    """The subject's latest imports, each with `num_new` pictures and `num_problems`."""
    return (
        ImportRun.objects.filter(source__subject=subject)
        .select_related("source", "started_by")
        .annotate(
            num_new=_counted(_first_places(Provenance.objects.all())),
            num_problems=_counted(ImportProblem.objects.all()),
        )
        .order_by("-pk")[:limit]
    )


def _first_places(provenances: QuerySet[Provenance]) -> QuerySet[Provenance]:
    """Only the places where an image was found first, which is where it got its number."""
    earlier = Provenance.objects.filter(image=OuterRef("image"), pk__lt=OuterRef("pk"))
    return provenances.filter(~Exists(earlier))


def _counted(rows: QuerySet[Provenance] | QuerySet[ImportProblem]) -> Coalesce:
    """How many of `rows` belong to each import of the outer query."""
    of_import = rows.filter(import_run=OuterRef("pk")).order_by().values("import_run")
    return Coalesce(Subquery(of_import.annotate(num=Count("pk")).values("num")), 0)


@dataclass(frozen=True, kw_only=True)
class ImportSummary:
    """What became of the files of an import, as far as it has come."""

    total: int | None
    """All files there are; None before anybody has looked."""
    seen: int
    new: int
    """Pictures that got a number."""
    found_again: int
    """Pictures whose bytes were in already; only the new place was noted."""
    problems: int
    known: int
    """Files that an earlier import from the same place has imported already."""
    films: list[Film]
    """Each with `num_pictures`, which are among the new ones and those that were found again."""


def import_summary(run: ImportRun) -> ImportSummary:
    """What became of the files so far, counted from what is stored."""
    noted = Provenance.objects.filter(import_run=run)
    new = _first_places(noted).count()
    problems = ImportProblem.objects.filter(import_run=run).count()
    films = films_of(run)
    whole_films = sum(film.is_over and not film.problem for film in films)
    counted = noted.aggregate(all=Count("pk"), files=Count("pk", filter=Q(frame=0)))
    told = counted["files"] + problems + whole_films
    # The heartbeat lags behind by up to a second; what is stored is certain.
    seen = max(run.files_seen, told)
    return ImportSummary(
        total=run.files_found,
        seen=seen,
        new=new,
        found_again=counted["all"] - new,
        problems=problems,
        known=seen - told,
        films=films,
    )


def films_of(run: ImportRun) -> list[Film]:
    """The import's films, each with `num_pictures` of it that are in; one query."""
    pictures = Provenance.objects.filter(
        source=run.source_id, path=OuterRef("path"), frame__gt=0
    ).order_by()
    counted = pictures.values("path").annotate(num=Count("image", distinct=True)).values("num")
    return list(run.films.annotate(num_pictures=Coalesce(Subquery(counted), 0)))


PROBLEMS_PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class ProblemKind:
    """All files of an import that have the same problem."""

    code: str
    num: int

    @property
    def sentence(self) -> str:
        """What is wrong with each of them, in the reader's language."""
        return sentence_of(self.code)


def problem_kinds(run: ImportRun) -> list[ProblemKind]:
    """The kinds of problems of an import, the most frequent first; one query."""
    counted = run.problems.order_by().values_list("code").annotate(num=Count("pk"))
    return [ProblemKind(code=code, num=num) for code, num in counted.order_by("-num", "code")]


@dataclass(frozen=True, kw_only=True)
class ProblemPage:
    """Some of the files that have the same problem."""

    problems: list[ImportProblem]
    next_after: int | None
    """The next page begins after this one; none when there is no more."""


def problems_after(run: ImportRun, code: str, after: int) -> ProblemPage:
    """The import's problems of one kind that follow the problem with the key `after`; one query."""
    found = run.problems.filter(code=code, pk__gt=after).order_by("pk")
    rows = list(found[: PROBLEMS_PER_PAGE + 1])
    shown = rows[:PROBLEMS_PER_PAGE]
    return ProblemPage(problems=shown, next_after=shown[-1].pk if len(rows) > len(shown) else None)
