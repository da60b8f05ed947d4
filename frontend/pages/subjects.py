"""The project's page, which shows its subjects, and the page that adds one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from curation.projects.access import access_project
from curation.projects.permissions import ADMINISTER, ORGANISE, VIEW
from curation.projects.signed_in import signed_in
from curation.subjects.add_subject import add_subject
from curation.subjects.selectors import subjects_in
from frontend.forms.subjects import NewSubjectForm
from frontend.refusals import refusals_in_form


@login_required
@require_safe
def project(request: HttpRequest, project: str) -> HttpResponse:
    """The project: whose pictures it collects, and the way to its people and runs."""
    person = signed_in(request)
    found = access_project(person, project, VIEW)
    context = {
        "project": found,
        "subjects": subjects_in([found]),
        "num_members": found.memberships.count(),
        "may_organise": person.has_perm(ORGANISE, found),
        "may_administer": person.has_perm(ADMINISTER, found),
    }
    return render(request, "projects/project.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_subject(request: HttpRequest, project: str) -> HttpResponse:
    """Add a subject to the project."""
    person = signed_in(request)
    found = access_project(person, project, ORGANISE)
    form = NewSubjectForm(request.POST or None)
    if form.is_valid():
        with refusals_in_form(form):
            subject = add_subject(project=found, **form.cleaned_data, actor=person)
            messages.success(request, _("%(name)s was added.") % {"name": subject.name})
            return redirect("subject_settings", project=found.slug, subject=subject.slug)
    return render(request, "subjects/new_subject.html", {"project": found, "form": form})
