"""A project's settings: what it is called, and in which time zone its days are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.projects.access import access_project
from curation.projects.days import today_in
from curation.projects.edit_project import edit_project
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from frontend.addresses import address
from frontend.forms.projects import EditProjectForm
from frontend.person import page
from frontend.refusals import refusals_in_form


@page("GET", "POST")
def project_settings(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Change the project's name and time zone."""
    project = access_project(person, project_slug, ADMINISTER)
    form = EditProjectForm(
        request.POST or None, initial={"name": project.name, "time_zone": project.time_zone}
    )
    if form.is_valid():
        with refusals_in_form(form):
            edit_project(project=project, **form.cleaned_data, actor=person)
            messages.success(request, _("Saved."))
            return redirect(address("project_settings", project))
    context = {"project": project, "today": today_in(project), "form": form}
    return render(request, "project_settings/settings.html", context)
