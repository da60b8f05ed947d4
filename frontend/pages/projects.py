"""A project's page, which shows its subjects, and the page that opens a new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from curation.projects.access import access_project, require_staff
from curation.projects.models import User
from curation.projects.open_project import open_project
from curation.projects.permissions import ADMINISTER, ORGANISE, VIEW
from curation.subjects.selectors import subjects_in
from frontend.addresses import address
from frontend.forms.projects import ProjectForm
from frontend.person import page
from frontend.refusals import refusals_in_form


@page("GET")
def project(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """The project: whose pictures it collects, and the way to its people and runs."""
    project = access_project(person, project_slug, VIEW)
    context = {
        "project": project,
        "subjects": subjects_in([project]),
        "num_members": project.memberships.count(),
        "may_organise": person.has_perm(ORGANISE, project),
        "may_administer": person.has_perm(ADMINISTER, project),
    }
    return render(request, "projects/project.html", context)


@page("GET", "POST")
def new_project(request: HttpRequest, person: User) -> HttpResponse:
    """Open a project; for the staff of the site."""
    require_staff(person)
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        with refusals_in_form(form):
            project = open_project(**form.cleaned_data, actor=person)
            return redirect(address("project", project))
    return render(request, "projects/new_project.html", {"form": form})
