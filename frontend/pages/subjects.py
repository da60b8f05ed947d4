"""The page that adds a subject to a project."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.projects.access import access_project
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.add_subject import add_subject
from frontend.addresses import address
from frontend.forms.subjects import NewSubjectForm
from frontend.person import page
from frontend.refusals import refusals_in_form


@page("GET", "POST")
def new_subject(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Add a subject to the project."""
    project = access_project(person, project_slug, ORGANISE)
    form = NewSubjectForm(request.POST or None)
    if form.is_valid():
        with refusals_in_form(form):
            subject = add_subject(project=project, **form.cleaned_data, actor=person)
            messages.success(request, _("%(name)s was added.") % {"name": subject.name})
            return redirect(address("subject_settings", subject))
    return render(request, "subjects/new_subject.html", {"project": project, "form": form})
