"""Groups of nearly equal pictures, and the buttons that settle them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.consensus.duplicate_groups import (
    distinct_marks,
    duplicate_groups,
    settled_duplicates,
)
from curation.consensus.settle_duplicates import settle_duplicates
from curation.consensus.take_back_duplicates import take_back_duplicates
from curation.duplicates.mark_distinct import mark_distinct
from curation.duplicates.selectors import search_of
from curation.duplicates.tasks import SEARCH
from curation.duplicates.unmark_distinct import unmark_distinct
from curation.errors import InvalidInput
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_pictures, access_subject
from curation.subjects.models import Subject
from curation.subjects.try_again import try_again
from frontend.addresses import address
from frontend.forms.duplicates import choices_in, listed, numbers_in, only_in
from frontend.person import page, require_named_person
from frontend.refusals import refusals_as_messages

GROUPS_PER_PAGE = 12
SETTLED_SHOWN = 24


@page("GET")
def duplicates(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """All groups that are not settled, what was settled last, and what was said to be distinct."""
    subject = access_pictures(person, project_slug, subject_slug, ORGANISE)
    groups = duplicate_groups(subject, viewer=person)
    context = {
        "subject": subject,
        "search": search_of(subject),
        "num_groups": len(groups),
        "page": Paginator(groups, GROUPS_PER_PAGE).get_page(request.GET.get("page")),
        "settled": settled_duplicates(subject, viewer=person, at_most=SETTLED_SHOWN),
        "distinct": distinct_marks(subject, viewer=person, at_most=SETTLED_SHOWN),
        "undo": _just_done(request),
    }
    return render(request, "duplicates/duplicates.html", context)


@page("POST")
def settle(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Keep the best of the groups that were sent, and reject the others as duplicates."""
    require_named_person(person, request.POST.get("person", ""))
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    done: dict[str, Any] = {}
    with refusals_as_messages(request):
        choices = choices_in(request.POST)
        rejected = settle_duplicates(subject=subject, choices=choices, actor=person)
        done = {"rejected": listed(rejected)}
    return _back(subject, **done)


@page("POST")
def distinct(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Remember that the pictures of a group, or one and the others, are not the same."""
    require_named_person(person, request.POST.get("person", ""))
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    done: dict[str, Any] = {}
    with refusals_as_messages(request):
        numbers, only = numbers_in(request.POST.get("group", "")), only_in(request.POST)
        mark_distinct(subject=subject, numbers=numbers, only=only, actor=person)
        done = {"distinct": listed(numbers), "only": only}
    return _back(subject, **done)


@page("POST")
def undo(request: HttpRequest, person: User, project_slug: str, subject_slug: str) -> HttpResponse:
    """Take back that pictures are duplicates, or that they are distinct."""
    require_named_person(person, request.POST.get("person", ""))
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    with refusals_as_messages(request):
        if rejected := numbers_in(request.POST.get("rejected", "")):
            taken_back = take_back_duplicates(subject=subject, numbers=rejected, actor=person)
            messages.success(
                request,
                ngettext(
                    "%(count)d picture is no duplicate any more.",
                    "%(count)d pictures are no duplicates any more.",
                    len(taken_back),
                )
                % {"count": len(taken_back)},
            )
        else:
            numbers, only = numbers_in(request.POST.get("distinct", "")), only_in(request.POST)
            unmark_distinct(subject=subject, numbers=numbers, only=only, actor=person)
            messages.success(request, _("These pictures may be grouped again."))
    return _back(subject)


@page("POST")
def compare_again(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Have the pictures compared again where that failed, soon."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    with refusals_as_messages(request):
        try_again(job=SEARCH, subject=subject, actor=person)
    return _back(subject)


def _back(subject: Subject, **done: Any) -> HttpResponse:
    """To the page, which offers to undo what was just done."""
    query = urlencode({key: value for key, value in done.items() if value})
    return redirect(address("duplicates", subject) + (f"?{query}" if query else ""))


def _just_done(request: HttpRequest) -> dict[str, Any] | None:
    """What the address says was just done. Undoing looks for itself whether it was."""
    with suppress(InvalidInput):
        for act in ("rejected", "distinct"):
            if numbers := numbers_in(request.GET.get(act, "")):
                only = only_in(request.GET)
                return {"act": act, "numbers": numbers, "sent": listed(numbers), "only": only}
    return None
