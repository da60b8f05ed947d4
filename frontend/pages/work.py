"""Work without asking: what organisers open to everybody, and the button that takes of it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from curation.batches.close_subject import close_subject
from curation.batches.open_subject import open_subject
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from curation.subjects.models import Subject
from curation.votes.errors import NothingToTake
from curation.votes.take_work import take_work
from frontend.addresses import address
from frontend.person import page, require_named_person
from frontend.refusals import refusals_as_messages


@page("POST")
def work(request: HttpRequest, person: User) -> HttpResponse:
    """Lead to the desk of the batch to go on with, or back home, which says why there is none."""
    require_named_person(person, request.POST.get("person", ""))
    try:
        return redirect(address("desk", take_work(person=person).batch))
    except NothingToTake as refusal:
        messages.info(request, str(refusal))
        return redirect("home")


@page("POST")
def opening(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Open the subject to everybody in the project."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    return _changed(request, subject, lambda: open_subject(subject=subject, actor=person))


@page("POST")
def closing(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Let nobody take further work on the subject."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    return _changed(request, subject, lambda: close_subject(subject=subject, actor=person))


def _changed(request: HttpRequest, subject: Subject, change: Callable[[], object]) -> HttpResponse:
    """Do it, and go back to the page of the subject that the button stands on."""
    with refusals_as_messages(request):
        change()
    return redirect(address("subject" if "room" in request.POST else "batches", subject))
