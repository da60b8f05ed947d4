"""What the machine suspects of a subject's pictures, and how far it is to be believed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from curation.grid.listing import Listing
from curation.hints.models import Fitting
from curation.hints.reliability import FEWEST, Bin
from curation.hints.selectors import fitting_of
from curation.hints.tasks import FITTING
from curation.manual.selectors import reason_titles
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_pictures, access_subject
from curation.subjects.models import Subject
from curation.subjects.try_again import try_again
from frontend.addresses import address
from frontend.hint_words import suspicion_titles
from frontend.pages.reliability_plot import plot_of
from frontend.person import page
from frontend.refusals import refusals_as_messages


@page("GET")
def hints(request: HttpRequest, person: User, project_slug: str, subject_slug: str) -> HttpResponse:
    """What is suspected of how many, from what that was learnt, and how often it is right."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    fitting = fitting_of(subject)
    is_made = fitting is not None and fitting.fitted_at is not None
    context = {
        "subject": subject,
        "fitting": fitting,
        "is_made": is_made,
        "rows": _rows(subject, person) if is_made else [],
        "plot": plot_of(_bins(fitting)),
        "fewest": FEWEST,
    }
    return render(request, "hints/hints.html", context)


@page("POST")
def make_again(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Have the hints made again where that failed, soon."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    with refusals_as_messages(request):
        try_again(job=FITTING, subject=subject, actor=person)
    return redirect(address("hints", subject))


def _rows(subject: Subject, viewer: User) -> list[dict[str, Any]]:
    """How many pictures each reason is suspected of, and where the grid shows them."""
    suspected = Listing(subject=subject, viewer=viewer, chosen={"suspected": "any"})
    nums, grid = suspected.num_by_suspicion(), address("images", subject)
    most_suspected = {"sort": "suspicion", "descending": "true"}
    return [
        {
            "title": title,
            "num": nums.get(reason, 0),
            "grid": f"{grid}?{urlencode({**most_suspected, 'suspected': reason})}",
        }
        for reason, title in suspicion_titles(reason_titles(subject.project)).items()
    ]


def _bins(fitting: Fitting | None) -> list[Bin]:
    return [Bin.from_list(each) for each in fitting.reliability] if fitting else []
