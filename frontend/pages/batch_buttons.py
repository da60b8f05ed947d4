"""What the buttons of the batch pages do. Each ends on the page it was pressed on."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.batches.access import access_batch
from curation.batches.assign_batch import assign_batch
from curation.batches.close_batch import close_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Batch
from curation.batches.reopen_batch import reopen_batch
from curation.batches.return_batch import return_batch
from curation.batches.revoke_batch import revoke_batch
from curation.projects.models import User
from curation.projects.permissions import ORGANISE, VIEW
from curation.subjects.access import access_subject
from curation.votes.progress import held_batch
from curation.votes.return_part import ReturnedPart, return_part
from frontend.addresses import address
from frontend.forms.batches import AssignForm, CutForm, ReturnPartForm, RevokeForm
from frontend.person import page, require_named_person
from frontend.refusals import refusals_as_messages


@page("POST")
def cut(request: HttpRequest, person: User, project_slug: str, subject_slug: str) -> HttpResponse:
    """Cut what is in no batch yet into new ones."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form = CutForm(request.POST, subject=subject)
    if not form.is_valid():
        _say_errors(request, form)
        return redirect(address("batches", subject))
    with refusals_as_messages(request):
        new = cut_batches(
            subject=subject,
            size=form.cleaned_data["size"],
            order=form.cleaned_data["order"],
            chosen=form.chosen(),
            actor=person,
        )
        messages.success(
            request,
            ngettext(
                "%(count)d batch was cut. Now hand it out.",
                "%(count)d batches were cut. Now hand them out.",
                len(new),
            )
            % {"count": len(new)},
        )
    return redirect(address("batches", subject))


@page("POST")
def assign(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Hand the batch to a member, or give them more time."""
    batch = access_batch(person, project_slug, subject_slug, number, ORGANISE)
    form = AssignForm(request.POST, project=batch.subject.project)
    if not form.is_valid():
        _say_errors(request, form)
        return redirect(address("batch", batch))
    with refusals_as_messages(request):
        volunteer = form.cleaned_data["volunteer"]
        assign_batch(batch=batch, volunteer=volunteer, days=form.cleaned_data["days"], actor=person)
        messages.success(
            request,
            _("Batch %(number)d is now with %(person)s.")
            % {"number": batch.number, "person": volunteer},
        )
    return redirect(address("batch", batch))


@page("POST")
def revoke(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Take the batch back from a volunteer."""
    batch = access_batch(person, project_slug, subject_slug, number, ORGANISE)
    form = RevokeForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
        return redirect(address("batch", batch))
    with refusals_as_messages(request):
        volunteer = form.cleaned_data["volunteer"]
        revoke_batch(batch=batch, volunteer=volunteer, actor=person)
        messages.success(
            request,
            _("%(person)s no longer has batch %(number)d; their votes stay.")
            % {"number": batch.number, "person": volunteer},
        )
    return redirect(address("batch", batch))


@page("POST")
def return_own_batch(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Return one's own batch."""
    require_named_person(person, request.POST.get("person", ""))
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    with refusals_as_messages(request):
        lease = return_batch(batch=batch, actor=person)
        num_left = held_batch(lease, now=timezone.now()).num_left
        messages.success(request, _thanks(batch, num_left))
    return redirect("home")


@page("POST")
def return_part_of_own(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Keep the next pictures of one's own batch, and return those behind them."""
    require_named_person(person, request.POST.get("person", ""))
    batch = access_batch(person, project_slug, subject_slug, number, VIEW)
    form = ReturnPartForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
        return redirect(address("batch", batch))
    with refusals_as_messages(request):
        done = return_part(batch=batch, keep=form.cleaned_data["keep"], actor=person)
        messages.success(request, _thanks_for_part(done))
    return redirect(address("batch", batch))


def _thanks_for_part(done: ReturnedPart) -> str:
    return ngettext(
        "Thank you. %(count)d picture goes to others; you keep %(kept)d.",
        "Thank you. %(count)d pictures go to others; you keep %(kept)d.",
        done.num_returned,
    ) % {"count": done.num_returned, "kept": done.num_kept}


def _thanks(batch: Batch, num_left: int) -> str:
    """What is said to whoever returned a batch, with `num_left` pictures not judged."""
    if num_left == 0:
        return _("Thank you. Batch %(number)d was returned; your votes stay.") % {
            "number": batch.number
        }
    return ngettext(
        "Thank you. Your votes in batch %(number)d stay; %(count)d picture goes to others.",
        "Thank you. Your votes in batch %(number)d stay; %(count)d pictures go to others.",
        num_left,
    ) % {"number": batch.number, "count": num_left}


@page("POST")
def close(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Close the batch for everybody."""
    batch = access_batch(person, project_slug, subject_slug, number, ORGANISE)
    with refusals_as_messages(request):
        close_batch(batch=batch, actor=person)
    return redirect(address("batch", batch))


@page("POST")
def reopen(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, number: int
) -> HttpResponse:
    """Open the batch again."""
    batch = access_batch(person, project_slug, subject_slug, number, ORGANISE)
    with refusals_as_messages(request):
        reopen_batch(batch=batch, actor=person)
    return redirect(address("batch", batch))


def _say_errors(request: HttpRequest, form: forms.Form) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))
