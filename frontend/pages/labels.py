"""What was said of a subject's pictures in another tool, and settling them by it."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from curation import store
from curation.consensus.settle_by_labels import settle_by_labels
from curation.labels.exports import OddExport, read_file
from curation.labels.import_labels import LabelsImported, import_labels
from curation.labels.selectors import exports_of
from curation.manual.selectors import reason_titles
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.access import access_subject
from curation.subjects.models import Subject
from frontend.addresses import address
from frontend.forms.labels import LabelsForm, SettleByLabelsForm
from frontend.person import page
from frontend.refusals import refusals_as_messages, refusals_in_form

LARGEST_BYTES = 64 * 2**20
"""A larger one is read by `manage.py import_labels`, in a process of its own."""
NAMED = 20
"""Of the files that were not understood so many are named."""


@csrf_exempt  # only so far: `_take_in` is protected, once the file has a place to go to
@page("GET", "POST")
def labels(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """What was brought in so far, and a form for more; posted to, what became of it."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    if request.method != "POST":
        return _show(request, subject, LabelsForm())
    store.require_room(int(request.META.get("CONTENT_LENGTH") or 0))
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _take_in(request, person, subject)


@csrf_protect
def _take_in(request: HttpRequest, person: User, subject: Subject) -> HttpResponse:
    form = LabelsForm(request.POST, request.FILES)
    result = None
    if form.is_valid():
        with refusals_in_form(form):
            result = _imported(form, person, subject)
    return _show(request, subject, form, result)


def _imported(form: LabelsForm, person: User, subject: Subject) -> LabelsImported | None:
    """What became of the file; None, and said beside it, where it is nothing that can be read."""
    file: TemporaryUploadedFile = form.cleaned_data["file"]
    path = Path(file.temporary_file_path())
    name = file.name or ""
    if (file.size or 0) > LARGEST_BYTES:
        form.add_error("file", _("This file is larger than 64 MB. Import it on the server."))
        return None
    try:
        said = read_file(path, name)
    except OddExport as odd:
        form.add_error("file", _("This file cannot be read: %(why)s.") % {"why": odd})
        return None
    return import_labels(
        subject=subject,
        export=name,
        said=said,
        meanings=form.cleaned_data["words"],
        actor=person,
    )


@page("POST")
def settle_by(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Settle what an export says something of."""
    subject = access_subject(person, project_slug, subject_slug, ORGANISE)
    form = SettleByLabelsForm(request.POST, titles=reason_titles(subject.project))
    if form.is_valid():
        with refusals_as_messages(request):
            done = settle_by_labels(subject=subject, actor=person, **form.cleaned_data)
            said = _("%(kept)d kept, %(rejected)d rejected.") % {
                "kept": done.kept,
                "rejected": done.rejected,
            }
            if done.settled_before:
                said += " " + _("%(num)d were settled before and stay so.") % {
                    "num": done.settled_before
                }
            if done.without_reason:
                said += " " + _(
                    "%(num)d are to be rejected for no reason: choose one, or look at them."
                ) % {"num": done.without_reason}
            messages.success(request, said)
    else:
        messages.error(request, _("Choose one of the reasons."))
    return redirect(address("labels", subject))


def _show(
    request: HttpRequest,
    subject: Subject,
    form: LabelsForm,
    result: LabelsImported | None = None,
) -> HttpResponse:
    exports, titles = exports_of(subject), reason_titles(subject.project)
    context = {
        "subject": subject,
        "form": form,
        "result": result,
        "troubles": _troubles(result) if result else [],
        "unknown_words": result.unknown_words.most_common() if result else [],
        "exports": [
            {
                "export": each,
                "form": SettleByLabelsForm(
                    titles=titles, initial={"export": each.name}, auto_id=False
                ),
            }
            for each in exports
        ],
    }
    return render(request, "labels/labels.html", context)


def _troubles(result: LabelsImported) -> list[dict[str, object]]:
    """What was not understood, by why, with the first names."""
    found = (
        (_("No picture here is called so"), result.unmatched),
        (_("Several pictures are called so"), result.ambiguous),
        (_("Nothing is said that is understood, or keep and reject at once"), result.unsaid),
    )
    return [
        {"why": why, "num": len(names), "names": names[:NAMED], "more": len(names) - NAMED}
        for why, names in found
        if names
    ]
