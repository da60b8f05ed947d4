"""The subject's settings: name and note, portraits, look-alikes. For organisers."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curation.look_alikes.answer_proposal import dismiss_proposed, name_proposed
from curation.look_alikes.selectors import proposal_for
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from curation.subjects.add_look_alike import add_look_alike
from curation.subjects.add_portrait import add_portrait
from curation.subjects.edit_subject import edit_subject
from curation.subjects.gate import is_covered
from curation.subjects.models import Act, Subject
from curation.subjects.remove_look_alike import remove_look_alike
from curation.subjects.remove_portrait import remove_portrait
from curation.subjects.served_copy import MAX_UPLOAD_BYTES
from frontend.addresses import address
from frontend.forms.subjects import (
    LookAlikeForm,
    PortraitsForm,
    ProposedLookAlikeForm,
    SubjectForm,
)
from frontend.numbers import number_in
from frontend.person import page, signed_in
from frontend.refusals import refusals_in_form


@page("GET", "POST")
def subject_settings(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """The page itself; posted to, it changes the name and the note."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method != "POST":
        return _settings_page(request, subject)
    form = SubjectForm(request.POST, auto_id="id_subject_%s")
    if form.is_valid():
        with refusals_in_form(form):
            edit_subject(subject=subject, **form.cleaned_data, actor=person)
            messages.success(request, _("Saved."))
            return redirect(address("subject_settings", subject))
    subject.refresh_from_db(fields=["name", "note"])
    return _settings_page(request, subject, subject_form=form)


@page("POST")
def portraits(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Add portraits; what cannot be used is named while all others go in."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form = PortraitsForm(request.POST, request.FILES, auto_id="id_portrait_%s")
    added = 0
    if form.is_valid():
        for upload in form.cleaned_data["pictures"]:
            with refusals_in_form(form):
                add_portrait(
                    subject=subject,
                    data=upload.read(MAX_UPLOAD_BYTES + 1),
                    name=upload.name,
                    caption=form.cleaned_data.get("caption", ""),
                    actor=person,
                )
                added += 1
    if added:
        said = ngettext("%(count)d portrait was added.", "%(count)d portraits were added.", added)
        messages.success(request, said % {"count": added})
    if form.errors:
        return _settings_page(request, subject, portraits_form=form)
    return redirect(address("subject_settings", subject))


@page("POST")
def portrait_removal(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, portrait_id: int
) -> HttpResponse:
    """Take a portrait away."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    remove_portrait(subject=subject, portrait_id=portrait_id, actor=person)
    messages.success(request, _("The portrait is no longer shown."))
    return redirect(address("subject_settings", subject))


@page("POST")
def look_alikes(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Add a look-alike."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form = LookAlikeForm(request.POST, request.FILES, auto_id="id_look_alike_%s")
    if form.is_valid():
        picture = form.cleaned_data["picture"]
        with refusals_in_form(form):
            add_look_alike(
                subject=subject,
                name=form.cleaned_data["name"],
                how_to_tell=form.cleaned_data["how_to_tell"],
                data=picture.read(MAX_UPLOAD_BYTES + 1) if picture else b"",
                file_name=picture.name if picture else "",
                actor=person,
            )
            messages.success(request, _("The look-alike was added."))
            return redirect(address("subject_settings", subject))
    return _settings_page(request, subject, look_alike_form=form)


@page("POST")
def look_alike_removal(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, look_alike_id: int
) -> HttpResponse:
    """Take a look-alike away."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    remove_look_alike(subject=subject, look_alike_id=look_alike_id, actor=person)
    messages.success(request, _("The look-alike is no longer shown."))
    return redirect(address("subject_settings", subject))


@page("POST")
def name_proposed_look_alike(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Warn of somebody who was often kept by mistake."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form = ProposedLookAlikeForm(request.POST, auto_id="id_proposed_%s")
    if form.is_valid():
        with refusals_in_form(form):
            name_proposed(subject=subject, **form.cleaned_data, actor=person)
            messages.success(request, _("The look-alike was added."))
            return redirect(address("subject_settings", subject))
    return _settings_page(request, subject, proposed_form=form)


@page("POST")
def dismiss_proposed_look_alike(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Whoever is proposed is no look-alike worth a warning."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    dismiss_proposed(
        subject=subject, first=number_in(request.POST.get("first", "")) or 0, actor=person
    )
    messages.success(request, _("Whoever looks like that is not proposed again."))
    return redirect(address("subject_settings", subject))


def _settings_page(
    request: HttpRequest,
    subject: Subject,
    *,
    subject_form: Form | None = None,
    portraits_form: Form | None = None,
    look_alike_form: Form | None = None,
    proposed_form: Form | None = None,
) -> HttpResponse:
    """The page, with the form that could not be used in place of its fresh one."""
    now = {"name": subject.name, "note": subject.note}
    is_visible = is_covered(subject, Act.CURATE)
    proposal = proposal_for(subject, viewer=signed_in(request)) if is_visible else None
    first = {"first": proposal.images[0].number} if proposal else {}
    context = {
        "subject": subject,
        "is_visible": is_visible,
        "proposal": proposal,
        "proposed_form": proposed_form
        or ProposedLookAlikeForm(initial=first, auto_id="id_proposed_%s"),
        "portraits": subject.portraits.all(),
        "look_alikes": subject.look_alikes.all(),
        "subject_form": subject_form or SubjectForm(initial=now, auto_id="id_subject_%s"),
        "portraits_form": portraits_form or PortraitsForm(auto_id="id_portrait_%s"),
        "look_alike_form": look_alike_form or LookAlikeForm(auto_id="id_look_alike_%s"),
    }
    return render(request, "subject_settings/settings.html", context)
