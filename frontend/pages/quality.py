"""How well a subject's pictures are judged, and undoing what one person said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.consensus.agreement import KEEP
from curation.consensus.board import paces_of
from curation.consensus.quality.figures import Quality, quality_of
from curation.consensus.quality.judgements import judgements_on
from curation.consensus.quality.kappa import FEWEST, Kappa
from curation.consensus.quality.selectors import access_voter, days_of_votes, names_of
from curation.consensus.quality.table import export_quality
from curation.manual.selectors import reason_titles
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, Rule, User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from curation.votes.roll_back_votes import roll_back_votes, votes_within
from frontend.addresses import address
from frontend.downloads import CSV, as_table
from frontend.forms.quality import WindowForm
from frontend.person import page
from frontend.refusals import refusals_as_messages

_GOOD, _FAIR = 0.8, 0.6
"""From where agreement counts as almost perfect, and as substantial: J. R. Landis and G. G. Koch,
"The measurement of observer agreement for categorical data", Biometrics 33 (1977)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A kappa on a line from 0 to 1, in percent of its length."""

    at: int
    left: int
    width: int
    words: str
    kind: str
    """How its badge looks."""

    @classmethod
    def of(cls, kappa: Kappa | None) -> Scale | None:
        """What is below 0 is drawn at 0: worse than chance is bad enough."""
        if kappa is None:
            return None
        low, high = (round(100 * max(0.0, bound)) for bound in (kappa.low, kappa.high))
        words, kind = _("poor"), "stop"
        if kappa.value >= _GOOD:
            words, kind = _("good"), "ok"
        elif kappa.value >= _FAIR:
            words, kind = _("fair"), "warn"
        return cls(
            at=round(100 * max(0.0, kappa.value)),
            left=low,
            width=max(1, high - low),
            words=words,
            kind=kind,
        )


@page("GET")
def quality(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """By reason, the worst first; what is taken for what; and by volunteer."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    judgements = judgements_on(subject)
    figures = quality_of(judgements.pictures)
    titles = _titles(subject.project)
    names = names_of(row.person_id for row in figures.volunteers)
    paces = paces_of(subject).by_person
    context = {
        "subject": subject,
        "judgements": judgements,
        "num_pictures": len(judgements.pictures),
        "few": FEWEST,
        "is_weighted": subject.project.rule == Rule.WEIGHTED,
        "keep_or_reject": figures.keep_or_reject,
        "scale": Scale.of(figures.keep_or_reject),
        "reasons": [
            {"row": row, "title": titles[row.key], "scale": Scale.of(row.kappa)}
            for row in figures.reasons
        ],
        "volunteers": [
            {
                "row": row,
                "name": names.get(row.person_id, ""),
                "pace": paces.get(row.person_id),
                "scale": Scale.of(row.kappa),
                "overlooked": titles[row.most_overlooked] if row.most_overlooked else "",
            }
            for row in figures.volunteers
        ],
        "confusion": _confusion(figures, titles),
    }
    return render(request, "quality/quality.html", context)


@page("GET")
def quality_file(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse | StreamingHttpResponse:
    """The same as a table; that it was taken is on record."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method == "HEAD":
        return HttpResponse(content_type=CSV)
    rows = export_quality(subject=subject, actor=person)
    return as_table(rows, f"{subject.slug}-quality.csv")


@page("GET", "POST")
def votes_of_person(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, person_id: int
) -> HttpResponse:
    """When somebody voted, and what rolling back a window of it would undo; POST does it."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    voter = access_voter(subject, person_id)
    asked = request.POST or request.GET
    form = WindowForm(asked) if asked else WindowForm()
    num = None
    if asked and form.is_valid():
        window = form.cleaned_data
        if request.method == "POST":
            with refusals_as_messages(request):
                done = roll_back_votes(subject=subject, volunteer=voter, actor=person, **window)
                messages.success(request, _said_of(voter, done.removed, done.restored))
            return redirect(address("quality", subject))
        num = votes_within(subject, voter, **window).count()
    zone = timezone.get_current_timezone()
    context = {
        "subject": subject,
        "voter": voter,
        "form": form,
        "num": num,
        "days": [
            {"day": day, "num": votes, "since": f"{day}T00:00", "before": f"{_next(day)}T00:00"}
            for day, votes in days_of_votes(subject, voter, zone=zone)
        ],
    }
    return render(request, "quality/votes_of_person.html", context)


def _next(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def _said_of(voter: User, removed: int, restored: int) -> str:
    said = ngettext(
        "%(num)d vote of %(person)s was rolled back.",
        "%(num)d votes of %(person)s were rolled back.",
        removed + restored,
    ) % {"num": removed + restored, "person": voter}
    if restored:
        said += " " + ngettext(
            "%(num)d of them is again what it was before.",
            "%(num)d of them are again what they were before.",
            restored,
        ) % {"num": restored}
    return said


def _titles(project: Project) -> dict[str, str]:
    titles = {reason.value: capfirst(title) for reason, title in reason_titles(project).items()}
    return titles | {verdict.value: str(capfirst(verdict.label)) for verdict in Verdict}


def _confusion(figures: Quality, titles: Mapping[str, str]) -> dict[str, Sequence[object]]:
    """Rows by what the others say, columns by what one person said; without empty ones."""
    rows = figures.confusion
    columns = [key for key in titles if any(counts[key] for counts in rows.values())]
    columns.sort(key=lambda key: key != KEEP)
    return {
        "columns": [titles[key] for key in columns],
        "rows": [
            {
                "title": titles[key],
                "num": counts.total(),
                "cells": [
                    {
                        "num": counts[column],
                        "percent": round(100 * counts[column] / counts.total()),
                        "shade": round(10 * counts[column] / counts.total()),
                        "is_same": column == key,
                        "title": titles[column],
                    }
                    for column in columns
                ],
            }
            for key, counts in rows.items()
        ],
    }
