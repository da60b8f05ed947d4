"""Reads of a project's manual, in the language of whoever reads.

None for a project asks for the first version, which every project begins with.
"""

from __future__ import annotations

from django.db.models import F, Max, Prefetch, Q, QuerySet, Window
from django.db.models.functions import Lag

from curation.manual.models import FIRST_NUMBER, ManualExample, ManualReason, ManualVersion
from curation.manual.reasons import Reason
from curation.projects.models import Project
from curation.subjects.gate import covered
from curation.subjects.models import Act


def versions_of(project: Project | None) -> QuerySet[ManualVersion]:
    """Every version of the project's manual, the newest first."""
    of_project = Q(project=None) if project is None else Q(project=None) | Q(project=project)
    return ManualVersion.objects.filter(of_project).order_by("-number")


def current_version(project: Project | None) -> int:
    """The number of the manual that pictures are judged by now. One query.

    `curation.votes.place` asks the same among what a vote asks.
    """
    own = ManualVersion.objects.filter(project=project).aggregate(number=Max("number"))
    return own["number"] or FIRST_NUMBER


def current_manual(project: Project | None) -> ManualVersion:
    """The manual that pictures are judged by now, as `whole` reads it. Four queries."""
    return whole(versions_of(project))[0]


def whole(versions: QuerySet[ManualVersion]) -> QuerySet[ManualVersion]:
    """Versions with the reasons that they use and the examples that may be shown.

    `reasons_in_use`, each with its `examples_shown`, and `examples_to_keep`. Three queries more,
    however many versions there are.
    """
    shown = examples_shown()
    reasons = ManualReason.objects.exclude(position=None).prefetch_related(
        Prefetch("examples", shown, to_attr="examples_shown")
    )
    return versions.prefetch_related(
        Prefetch("examples", shown.filter(reason=None), to_attr="examples_to_keep"),
        Prefetch("reasons", reasons, to_attr="reasons_in_use"),
    )


def examples_shown() -> QuerySet[ManualExample]:
    """Examples without those of people whose consent covers showing them no more."""
    may_be_shown = Q(subject=None) | Q(covered(Act.CURATE, subject="subject"))
    return ManualExample.objects.filter(may_be_shown).select_related("subject__project")


def current_reasons(project: Project | None) -> list[ManualReason]:
    """The reasons that are used now with their version, in the order of their numbers.

    One query.
    """
    return [each for each in _all_reasons(project) if each.position is not None]


def reason_titles(project: Project | None) -> dict[Reason, str]:
    """The title of each reason in the order of their numbers, then of those that are not used:
    earlier votes name them still. One query.
    """
    return {Reason(each.code): each.title for each in _all_reasons(project)}


def changed_reasons(project: Project) -> list[ManualReason]:
    """Of each reason whose definition or exclusion ever changed, the row of the last time, with its
    version. One query; only rows that changed are read.
    """
    texts = ("definition_en", "definition_zh", "exclusion_en", "exclusion_zh")
    before = {
        f"{text}_before": Window(Lag(text), partition_by=F("code"), order_by="version__number")
        for text in texts
    }
    differs = Q()
    for text in texts:
        differs |= ~Q(**{text: F(f"{text}_before")})
    rows = (
        ManualReason.objects.filter(version__in=versions_of(project).values("pk").order_by())
        .annotate(**before)
        .filter(differs, definition_en_before__isnull=False)  # type: ignore[misc]
        .select_related("version")
        .order_by("version__number")
    )
    last = {each.code: each for each in rows}
    return [last[reason] for reason in Reason if reason in last]


def _all_reasons(project: Project | None) -> list[ManualReason]:
    current = versions_of(project).values("pk")[:1]
    return list(ManualReason.objects.filter(version=current).select_related("version"))
