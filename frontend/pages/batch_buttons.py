"""What the buttons of the batch pages do. Each ends on the page it was pressed on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from curation.batches.access import access_batch
from curation.batches.assign_batch import assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Batch
from curation.batches.reopen_batch import reopen_batch
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.projects.permissions import ORGANISE, VIEW
from curation.projects.signed_in import signed_in
from curation.subjects.access import access_subject
from frontend.forms.batches import AssignForm, CutForm, RevokeForm
from frontend.refusals import refusals_as_messages


@login_required
@require_POST
def cut(request: HttpRequest, project: str, subject: str) -> HttpResponse:
    """Cut what is in no batch yet into new ones."""
    person = signed_in(request)
    found = access_subject(person, project, subject, ORGANISE)
    form = CutForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
        return redirect("batches", project=project, subject=subject)
    with refusals_as_messages(request):
        new = cut_batches(subject=found, size=form.cleaned_data["size"], actor=person)
        messages.success(
            request,
            ngettext(
                "%(count)d batch was cut. Now hand it out.",
                "%(count)d batches were cut. Now hand them out.",
                len(new),
            )
            % {"count": len(new)},
        )
    return redirect("batches", project=project, subject=subject)


@login_required
@require_POST
def assign(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """Hand the batch to a member, or give them more time."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, ORGANISE)
    form = AssignForm(request.POST, project=found.subject.project)
    if not form.is_valid():
        _say_errors(request, form)
        return _to_batch(found)
    with refusals_as_messages(request):
        volunteer = form.cleaned_data["volunteer"]
        assign_batch(batch=found, volunteer=volunteer, days=form.cleaned_data["days"], actor=person)
        messages.success(
            request,
            _("Batch %(number)d is now with %(person)s.")
            % {"number": found.number, "person": volunteer},
        )
    return _to_batch(found)


@login_required
@require_POST
def revoke(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """Take the batch back from a volunteer."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, ORGANISE)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
        return _to_batch(found)
    with refusals_as_messages(request):
        volunteer = form.cleaned_data["volunteer"]
        revoke_batch(batch=found, volunteer=volunteer, actor=person)
        messages.success(
            request,
            _("%(person)s no longer has batch %(number)d; their votes stay.")
            % {"number": found.number, "person": volunteer},
        )
    return _to_batch(found)


@login_required
@require_POST
def give_back(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """Give one's own batch back."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, VIEW)
    with refusals_as_messages(request):
        return_batch(batch=found, actor=person)
        messages.success(
            request,
            _("Thank you. Batch %(number)d was returned; your votes stay.")
            % {"number": found.number},
        )
    return redirect("home")


@login_required
@require_POST
def close(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """Close the batch for everybody."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, ORGANISE)
    with refusals_as_messages(request):
        close_batch(batch=found, actor=person)
    return _to_batch(found)


@login_required
@require_POST
def reopen(request: HttpRequest, project: str, subject: str, number: int) -> HttpResponse:
    """Open the batch again."""
    person = signed_in(request)
    found = access_batch(person, project, subject, number, ORGANISE)
    with refusals_as_messages(request):
        reopen_batch(batch=found, actor=person)
    return _to_batch(found)


def _to_batch(batch: Batch) -> HttpResponse:
    subject = batch.subject
    return redirect(
        "batch", project=subject.project.slug, subject=subject.slug, number=batch.number
    )


def _say_errors(request: HttpRequest, form: CutForm | AssignForm | RevokeForm) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
