"""Reads of the manual, in the language of whoever reads."""

from __future__ import annotations

from django.db.models import Prefetch

from curation.manual.models import ManualExample, ManualReason, ManualVersion
from curation.manual.reasons import Reason


def current_version() -> int:
    """The number of the manual that pictures are judged by now. One query."""
    return ManualVersion.objects.values_list("number", flat=True).latest()


def current_manual() -> ManualVersion:
    """The manual that pictures are judged by now, with its reasons and examples. Four queries."""
    kept = Prefetch(
        "examples", ManualExample.objects.filter(reason=None), to_attr="examples_to_keep"
    )
    return ManualVersion.objects.prefetch_related(kept, "reasons__examples").latest()


def current_reasons() -> list[ManualReason]:
    """The reasons of the current manual with their version, in the order of their numbers.

    One query.
    """
    current = ManualVersion.objects.order_by("-number").values("pk")[:1]
    return list(ManualReason.objects.filter(version=current).select_related("version"))


def reason_titles() -> dict[Reason, str]:
    """The title of each reason, in the order of their numbers. One query."""
    return {Reason(each.code): each.title for each in current_reasons()}
