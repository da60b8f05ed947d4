"""Pages about what a subject agreed to. Organisers read them; admins record and withdraw."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from curation.errors import NotFound
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.subjects.access import access_subject
from curation.subjects.evidence import MAX_EVIDENCE_BYTES
from curation.subjects.models import Consent, Subject
from curation.subjects.read_evidence import read_evidence
from curation.subjects.record_consent import record_consent
from curation.subjects.selectors import consents_of, coverage_of
from curation.subjects.withdraw_consent import withdraw_consent
from frontend.addresses import address
from frontend.forms.subjects import ConsentForm, WithdrawForm
from frontend.person import page
from frontend.refusals import refusals_in_form


@page("GET", "POST")
def consents(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str
) -> HttpResponse:
    """Every consent ever recorded; an admin adds one."""
    if request.method != "POST":
        subject = access_subject(person, project_slug, subject_slug, ORGANISE)
        return _consents_page(request, subject, person, ConsentForm(project=subject.project))
    subject = access_subject(person, project_slug, subject_slug, ADMINISTER)
    form = ConsentForm(request.POST, request.FILES, project=subject.project)
    if form.is_valid():
        given = dict(form.cleaned_data)
        upload = given.pop("evidence")
        with refusals_in_form(form):
            record_consent(
                subject=subject,
                evidence=upload.read(MAX_EVIDENCE_BYTES + 1),
                evidence_name=upload.name,
                actor=person,
                **given,
            )
            messages.success(request, _("The consent was recorded."))
            return redirect(address("consents", subject))
    return _consents_page(request, subject, person, form)


@page("POST")
def withdrawal(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, consent_id: int
) -> HttpResponse:
    """End a consent, now."""
    subject = access_subject(person, project_slug, subject_slug, ADMINISTER)
    consent = _consent(subject, consent_id)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        withdraw_consent(consent=consent, note=form.cleaned_data["note"], actor=person)
        messages.success(request, _("The consent was withdrawn, with immediate effect."))
        return redirect(address("derived", subject))
    messages.error(request, _("Nothing was withdrawn: tick the box to say that you are sure."))
    return redirect(address("consents", subject))


@never_cache
@page("GET")
def evidence(
    request: HttpRequest, person: User, project_slug: str, subject_slug: str, consent_id: int
) -> HttpResponseBase:
    """The evidence file, as a download: a browser never gets to interpret it. It is logged."""
    subject = access_subject(person, project_slug, subject_slug, ADMINISTER)
    consent = _consent(subject, consent_id)
    response = FileResponse(
        read_evidence(consent=consent, actor=person),
        as_attachment=True,
        filename=consent.evidence_name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _consent(subject: Subject, consent_id: int) -> Consent:
    consent = subject.consents.filter(pk=consent_id).first()
    if consent is None:
        raise NotFound
    return consent


def _consents_page(
    request: HttpRequest, subject: Subject, person: User, form: ConsentForm
) -> HttpResponse:
    may_change = person.has_perm(ADMINISTER, subject.project)
    context = {
        "subject": subject,
        "coverage": coverage_of(subject),
        "consents": consents_of(subject),
        "may_change": may_change,
        "form": form,
        "withdraw_form": WithdrawForm(auto_id=False),
    }
    return render(request, "consents/consents.html", context)
