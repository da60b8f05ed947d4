"""The person's own page: what they did, how they do, what comes next. Nobody else sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst

from curation.consensus.agreement import Agreement, most_missed
from curation.consensus.own_agreement import agreement_of
from curation.gold.levels import GRID_AFTER, GRID_SHARE, GridLevel
from curation.gold.selectors import Accuracy, accuracy_in, num_hidden_answers
from curation.manual.reasons import Reason
from curation.manual.selectors import reason_titles
from curation.manual.verdicts import Verdict
from curation.projects.access import require_second_factor_of_admins
from curation.projects.models import Project, User
from curation.projects.selectors import memberships_of
from curation.releases.thanks import num_released_of
from curation.votes.own_gold import answers_to_show, grid_level_of
from curation.votes.own_moments import days_judged, newest_moments
from curation.votes.pace import pictures_a_minute
from curation.votes.progress import num_votes_by
from frontend.person import page

FEW = 5
"""Of fewer pictures no share is given: it would say nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One reason, or keeping: how often it was seen as others see it."""

    title: str
    num: int
    right: int
    kept: int
    instead: str
    """What was said most often in its place; blank where nothing was."""

    @property
    def percent(self) -> int | None:
        return round(100 * self.right / self.num) if self.num >= FEW else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """One project on the page."""

    project: Project
    agreement: list[Line]
    missed: str
    gold: list[Line]
    level: GridLevel
    num_released: int


@page("GET")
def me(request: HttpRequest, person: User) -> HttpResponse:
    """How much, how quickly, how alike others, and what became of it."""
    today = timezone.localdate()
    memberships = list(memberships_of(person))
    require_second_factor_of_admins(person, memberships)
    context = {
        "num_votes": num_votes_by(person) + num_hidden_answers(person),
        "pace": pictures_a_minute(newest_moments(person)),
        "num_days": len(
            days_judged(person, since=today.replace(day=1), zone=timezone.get_current_timezone())
        ),
        "rooms": [_room(person, each.project) for each in memberships],
        "grid_after": GRID_AFTER,
        "grid_percent": round(100 * GRID_SHARE),
        "few": FEW,
    }
    return render(request, "me/me.html", context)


def _room(person: User, project: Project) -> Room:
    titles = _titles(project)
    agreement = agreement_of(person, project)
    missed = most_missed(agreement)
    return Room(
        project=project,
        agreement=[_agreed(titles, *each) for each in agreement.items()],
        missed=titles[missed] if missed else "",
        gold=[
            _known(titles, *each) for each in accuracy_in(answers_to_show(person, project)).items()
        ],
        level=grid_level_of(person, project),
        num_released=num_released_of(person, project),
    )


def _titles(project: Project) -> dict[str, str]:
    """The words for every reason and verdict, by its code."""
    verdicts = {verdict.value: str(capfirst(verdict.label)) for verdict in Verdict}
    return verdicts | {
        reason.value: capfirst(title) for reason, title in reason_titles(project).items()
    }


def _agreed(titles: Mapping[str, str], key: str, found: Agreement) -> Line:
    return Line(
        title=titles[key],
        num=found.asked,
        right=found.agreed,
        kept=found.kept,
        instead=_first(titles, found.instead),
    )


def _known(titles: Mapping[str, str], key: str, found: Accuracy) -> Line:
    return Line(
        title=titles[key],
        num=found.asked,
        right=found.right,
        kept=found.instead[Verdict.KEEP.value],
        instead=_first(titles, found.instead),
    )


def _first(titles: Mapping[str, str], instead: Counter[Reason] | Counter[str]) -> str:
    return titles[instead.most_common(1)[0][0]] if instead else ""
