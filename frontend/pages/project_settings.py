"""A project's settings: what it is called, in which time zone its days are, what decides."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from curation.projects.access import access_project
from curation.projects.days import today_in
from curation.projects.edit_project import edit_project
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER
from curation.votes.choose_rule import choose_rule
from frontend.addresses import address
from frontend.forms.projects import EditProjectForm
from frontend.person import page
from frontend.refusals import refusals_in_form


@page("GET", "POST")
def project_settings(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Change the project's name, its time zone, and the rule by which votes decide."""
    project = access_project(person, project_slug, ADMINISTER)
    form = EditProjectForm(
        request.POST or None,
        initial={"name": project.name, "time_zone": project.time_zone, "rule": project.rule},
    )
    if form.is_valid():
        with refusals_in_form(form), transaction.atomic():
            said = dict(form.cleaned_data)
            choose_rule(project=project, rule=said.pop("rule"), actor=person)
            edit_project(project=project, **said, actor=person)
            messages.success(request, _("Saved."))
            return redirect(address("project_settings", project))
    context = {"project": project, "today": today_in(project), "form": form}
    return render(request, "project_settings/settings.html", context)
