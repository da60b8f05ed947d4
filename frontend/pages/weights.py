"""Whom a subject's votes are believed to come from, and how true the odds have been."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.consensus.weights import newest_fit, records_in, trueness_of
from curation.hints.reliability import FEWEST, bins_of
from curation.jobs import JobState
from curation.projects.models import Rule, User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from curation.votes.start_fits import FIRST_AT, ask_for_fit
from frontend.addresses import address
from frontend.pages.reliability_plot import plot_of
from frontend.pages.weight_words import percent
from frontend.person import page
from frontend.refusals import refusals_as_messages


@page("GET")
def weights(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Who is believed how far, since when, and whether one may rely on it."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    fit = newest_fit(subject)
    trueness = trueness_of(subject)
    is_enough = len(trueness.suspicion) >= FEWEST
    bins = bins_of(trueness.suspicion, trueness.rejected) if is_enough else []
    context = {
        "subject": subject,
        "is_weighted": subject.project.rule == Rule.WEIGHTED,
        "fit": fit,
        "is_under_way": fit is not None and fit.state in (JobState.WAITING, JobState.RUNNING),
        "first_at": FIRST_AT,
        "records": [
            {
                "person": who,
                "num": record.num_answers,
                "good": percent(record.keeps_good),
                "bad": percent(record.passes_bad),
            }
            for who, record in records_in(subject)
        ],
        "plot": plot_of(bins),
        "num_watched": trueness.num_watched,
        "num_gold": len(trueness.suspicion) - trueness.num_watched,
        "fewest": FEWEST,
    }
    return render(request, "weights/weights.html", context)


@page("POST")
def weigh_again(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Have the votes compared and weighed anew, soon."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    with refusals_as_messages(request):
        ask_for_fit(subject=subject, actor=person)
        messages.success(request, _("The votes are being weighed anew."))
    return redirect(address("weights", subject))
