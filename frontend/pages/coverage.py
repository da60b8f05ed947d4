"""What the kept pictures of a subject cover, what they lack, and what another's set has besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from curation.grid.states import State
from curation.images.spreads import (
    BRIGHTNESS,
    EYES,
    FACE_SIZE,
    MOUTH,
    PITCH,
    SHARPNESS,
    YAW,
    Spread,
)
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.releases.coverage import Coverage, findings, is_few, wishes
from curation.releases.covered_now import FromSource, comparable, coverage_now, sources_now
from curation.subjects.access import access_pictures
from curation.subjects.models import Subject
from frontend.addresses import address
from frontend.coverage_words import TITLES, told_finding, told_range, told_wish
from frontend.person import page

WISHES_SHOWN = 12
_LEVELS = 5
"""Shades of a heat map; its numbers say the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A number, and the pictures behind it."""

    num: int
    url: str
    level: int
    """How dark it is drawn, 0 to `_LEVELS`: by its share of the fullest cell."""
    is_few: bool = False
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatMap:
    """Counts by two spreads."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """Counts by one spread."""

    title: str
    cells: list[Cell]


@page("GET")
def coverage(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The kept set as it is now: by turn, nod, light, expression, sharpness, size and source."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    covered = coverage_now(subject, person)
    sources = sources_now(subject, person)
    others = list(comparable(subject))
    other = next((each for each in others if each.slug == request.GET.get("against")), None)
    wished = wishes(covered, coverage_now(other, person)) if other else []
    context = {
        "subject": subject,
        "total": covered.total,
        "num_without_face": covered.num_without_face,
        "findings": [
            {"text": told_finding(each), "num": each.num, "url": _grid(subject, each.ranges)}
            for each in findings(covered, {row.source_id: row.num for row in sources})
        ],
        "maps": [
            _map(subject, covered, across=YAW, down=PITCH),
            _map(subject, covered, across=YAW, down=BRIGHTNESS),
        ],
        "bars": [_bars(subject, covered, spread) for spread in (MOUTH, EYES, SHARPNESS, FACE_SIZE)],
        "sources": _source_cells(subject, sources),
        "others": [
            {"key": each.slug, "name": each.name, "is_chosen": each == other} for each in others
        ],
        "other": other,
        "wishes": [
            {"text": told_wish(each, other.name), "url": _grid(other, each.ranges)}
            for each in wished[:WISHES_SHOWN]
            if other
        ],
        "num_more": max(0, len(wished) - WISHES_SHOWN),
    }
    return render(request, "coverage/coverage.html", context)


def _grid(subject: Subject, ranges: Mapping[str, str]) -> str:
    """Where the kept pictures of these ranges are."""
    query = urlencode({"state": State.KEPT.value, **ranges})
    return f"{address('images', subject)}?{query}"


def _map(subject: Subject, covered: Coverage, *, across: Spread, down: Spread) -> HeatMap:
    counts = covered.by(down, across)[:-1, :-1]
    most = int(counts.max(initial=0))
    rows = []
    for row, name in enumerate(down.names):
        cells = [
            Cell(
                num=int(counts[row, column]),
                url=_grid(subject, {across.key: other, down.key: name}),
                level=_level(int(counts[row, column]), most),
                is_few=is_few(int(counts[row, column]), covered.total),
            )
            for column, other in enumerate(across.names)
        ]
        rows.append((told_range({down.key: name}), cells))
    return HeatMap(
        title=f"{TITLES[across.key]} × {TITLES[down.key]}",
        columns=[told_range({across.key: name}) for name in across.names],
        rows=rows,
    )


def _bars(subject: Subject, covered: Coverage, spread: Spread) -> Bars:
    counts = covered.by(spread)[:-1].tolist()
    return Bars(
        title=str(TITLES[spread.key]),
        cells=[
            Cell(
                num=num,
                url=_grid(subject, {spread.key: name}),
                level=round(100 * num / max(covered.total, 1)),
                label=told_range({spread.key: name}),
            )
            for name, num in zip(spread.names, counts, strict=True)
        ],
    )


def _source_cells(subject: Subject, sources: list[FromSource]) -> list[Cell]:
    most = max((row.num for row in sources), default=1)
    return [
        Cell(
            num=row.num,
            url=_grid(subject, {"source": str(row.source_id)}),
            level=round(100 * row.num / most),
            label=row.label,
        )
        for row in sources
    ]


def _level(num: int, most: int) -> int:
    return 0 if num == 0 else max(1, round(_LEVELS * num / most))
