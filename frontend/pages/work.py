"""Work without asking: how subjects hand it out, and the button that takes of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from curation.batches.models import HandOut
from curation.batches.set_hand_out import set_hand_out
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.projects.selectors import members_of
from curation.subjects.access import access_subject
from curation.votes.errors import NothingToTake
from curation.votes.take_work import take_work
from frontend.addresses import address
from frontend.forms.hand_out import HandOutForm
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
def hand_out(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Start or stop that work on the subject hands itself out, or say how it does."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    back = redirect(address("subject" if "room" in request.POST else "batches", subject))
    settings = None
    if "size" in request.POST:
        form = HandOutForm(request.POST, members=members_of(subject.project))
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(map(str, errors)))
            return back
        settings = form.settings()
    act = request.POST.get("act")
    with refusals_as_messages(request):
        before = HandOut.objects.filter(subject=subject, opened_at__isnull=False).exists()
        is_open = {"start": True, "stop": False}.get(str(act), before)
        set_hand_out(subject=subject, settings=settings, is_open=is_open, actor=person)
        messages.success(request, _said(was_open=before, is_open=is_open))
    return back


def _said(*, was_open: bool, is_open: bool) -> str:
    if is_open and not was_open:
        return _("Work hands itself out from now on.")
    if was_open and not is_open:
        return _("Nobody takes further work. Who holds a batch goes on with it.")
    return _("Saved. What was handed out before stays as it is.")
