"""The pages on which an organiser changes their project's manual, and sees what was changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation import store
from curation.consensus.blind import is_yet_judged
from curation.errors import InvalidInput, NotFound
from curation.images.models import Image
from curation.images.selectors import images_of
from curation.manual.add_example import add_example
from curation.manual.edit_reason import TEXTS, edit_reason
from curation.manual.history import history_of
from curation.manual.models import ManualReason, ManualVersion
from curation.manual.order_reasons import order_reasons
from curation.manual.reasons import Reason
from curation.manual.remove_example import remove_example
from curation.manual.selectors import examples_shown, versions_of
from curation.projects.access import access_project
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE
from curation.subjects.models import Subject
from curation.subjects.selectors import subjects_in
from curation.subjects.served_copy import MAX_UPLOAD_BYTES
from curation.votes.old_text import votes_by_old_text
from frontend.addresses import address
from frontend.forms.manual import LABELS, ExampleForm, OrderForm, ReasonForm, SeenForm
from frontend.numbers import number_in
from frontend.person import page
from frontend.refusals import refusals_as_messages, refusals_in_form

VERSIONS_PER_PAGE = 20
KEEP = "keep"
"""In addresses, in a reason's place: the examples of what to keep."""


@page("GET", "POST")
def edit_manual(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Which reasons there are, each with its page; posted to, it changes their numbers."""
    project = access_project(person, project_slug, ORGANISE)
    current = versions_of(project)[0]
    reasons = list(current.reasons.all())
    form = OrderForm(request.POST or None, reasons=reasons, seen=current.number)
    if form.is_valid():
        with refusals_in_form(form):
            order_reasons(project=project, **form.cleaned_data, actor=person)
            messages.success(request, _("Saved."))
            return redirect(address("edit_manual", project))
    context = {"project": project, "current": current, "reasons": reasons, "form": form}
    return render(request, "manual/edit.html", context)


@page("GET", "POST")
def edit_manual_reason(
    request: HttpRequest, person: User, project_slug: str, of: str
) -> HttpResponse:
    """A reason's words and its examples; posted to, it changes the words."""
    project = access_project(person, project_slug, ORGANISE)
    current = versions_of(project)[0]
    reason = _reason(current, of)
    if request.method != "POST" or reason is None:
        return _reason_page(request, project, current, reason)
    form = ReasonForm(request.POST)
    if form.is_valid():
        texts = {text: form.cleaned_data[text] for text in TEXTS}
        seen = form.cleaned_data["seen"]
        with refusals_in_form(form):
            edit_reason(project=project, seen=seen, reason=Reason(of), texts=texts, actor=person)
            messages.success(request, _("Saved."))
            return redirect(address("edit_manual_reason", project, of=of))
    return _reason_page(request, project, current, reason, form=form)


@page("POST")
def add_manual_example(
    request: HttpRequest, person: User, project_slug: str, of: str
) -> HttpResponse:
    """Show one more picture with the reason."""
    project = access_project(person, project_slug, ORGANISE)
    current = versions_of(project)[0]
    reason = _reason(current, of)
    form = ExampleForm(
        request.POST, request.FILES, subjects=subjects_in([project]), shows_reason=bool(reason)
    )
    if form.is_valid():
        given = form.cleaned_data
        with refusals_in_form(form):
            add_example(
                project=project,
                seen=given["seen"],
                reason=Reason(reason.code) if reason else None,
                is_good=given.get("is_good", True),
                subject=given["subject"],
                **_picture(given),
                caption_zh=given["caption_zh"],
                caption_en=given["caption_en"],
                actor=person,
            )
            messages.success(request, _("The example was added."))
            return redirect(address("edit_manual_reason", project, of=of) + "#examples")
    return _reason_page(request, project, current, reason, example_form=form)


@page("POST")
def remove_manual_example(
    request: HttpRequest, person: User, project_slug: str, of: str, example_id: int
) -> HttpResponse:
    """Take a picture out of the manual; versions that had it keep it."""
    project = access_project(person, project_slug, ORGANISE)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else 0
    with refusals_as_messages(request):
        remove_example(project=project, seen=seen, example_id=example_id, actor=person)
        messages.success(request, _("The example is no longer shown."))
    return redirect(address("edit_manual_reason", project, of=of) + "#examples")


@page("GET")
def manual_versions(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Who changed what in the manual, and when; the newest first."""
    project = access_project(person, project_slug, ORGANISE)
    start = number_in(request.GET.get("from", ""))
    steps = history_of(project, start=start, most=VERSIONS_PER_PAGE)
    last = steps[-1].version.number if steps else 1
    context = {
        "project": project,
        "steps": steps,
        "labels": LABELS,
        "older": last - 1 if last > 1 else None,
    }
    return render(request, "manual/versions.html", context)


@page("GET")
def old_text(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """What was rejected by a text that has changed since, to look at again."""
    project = access_project(person, project_slug, ORGANISE)
    rows = [
        {
            "reason": each.reason,
            "subjects": [
                {
                    "subject": subject,
                    "num": num,
                    "grid": f"{address('images', subject)}?"
                    + urlencode({"old_text": each.reason.pk}),
                }
                for subject, num in each.num_pictures.items()
            ],
        }
        for each in votes_by_old_text(project)
    ]
    return render(request, "manual/old_text.html", {"project": project, "rows": rows})


def _reason(current: ManualVersion, of: str) -> ManualReason | None:
    """The reason that an address names; None for what to keep. Raises NotFound."""
    if of == KEEP:
        return None
    reason = current.reasons.filter(code=of).first()
    if reason is None:
        raise NotFound
    return reason


def _picture(given: dict[str, Any]) -> dict[str, Any]:
    """The bytes that a form named or sent, for the use case. Raises InvalidInput."""
    file, number = given["picture"], given["number"]
    if file:
        return {"data": file.read(MAX_UPLOAD_BYTES + 1), "name": file.name}
    image = _image(given["subject"], number)
    return {"data": store.get(image.sha256), "name": image.name, "image_number": number}


def _image(subject: Subject, number: int) -> Image:
    image = images_of(subject).filter(number=number).first()
    if image is None:
        raise InvalidInput(_("%(subject)s has no picture with this number.") % {"subject": subject})
    if is_yet_judged(image):
        raise InvalidInput(
            _("This picture is being judged: as an example it would give its answer away.")
        )
    return image


def _reason_page(
    request: HttpRequest,
    project: Project,
    current: ManualVersion,
    reason: ManualReason | None,
    *,
    form: ReasonForm | None = None,
    example_form: ExampleForm | None = None,
) -> HttpResponse:
    """The page, with the form that could not be used in place of its fresh one."""
    words = {text: getattr(reason, text) for text in TEXTS} if reason else {}
    seen = {"seen": current.number}
    context = {
        "project": project,
        "current": current,
        "reason": reason,
        "of": reason.code if reason else KEEP,
        "form": (form or ReasonForm(initial=words | seen)) if reason else None,
        "examples": examples_shown().filter(version=current, reason=reason),
        "example_form": example_form
        or ExampleForm(
            initial=seen,
            subjects=subjects_in([project]),
            shows_reason=bool(reason),
            auto_id="id_example_%s",
        ),
    }
    return render(request, "manual/reason.html", context)
