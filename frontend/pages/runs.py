"""The runs of a project: the list, asking for one, watching one, its newest preview."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from curation.errors import NotFound
from curation.http import private_bytes
from curation.projects.access import access_project
from curation.projects.models import User
from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.releases.selectors import releases_in
from curation.subjects.access import PicturesHidden
from curation.subjects.gate import covered
from curation.subjects.models import Act
from frontend.addresses import address
from frontend.api.runs import RunOut
from frontend.forms.runs import RunForm
from frontend.person import page
from frontend.refusals import refusals_in_form
from training.runs.access import access_numbered_run
from training.runs.create_run import create_run
from training.runs.gate import both_covered
from training.runs.run_folder import folder_of, newest_preview
from training.runs.run_now import run_now
from training.runs.selectors import listed, runs_of
from training.runs.states import ACTIVE


@never_cache
@page("GET")
def runs_page(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """The project's runs, the newest first."""
    project = access_project(person, project_slug, ORGANISE)
    runs = listed(runs_of(project))
    context = {
        "project": project,
        "runs": runs,
        "any_active": any(row.run.state in ACTIVE for row in runs),
        "may_start": person.has_perm(ADMINISTER, project),
    }
    return render(request, "runs/runs.html", context)


@page("GET", "POST")
def new_run_page(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Choose two releases and how to train on them."""
    project = access_project(person, project_slug, ADMINISTER)
    form = RunForm(request.POST or None, project=project)
    if form.is_valid():
        with refusals_in_form(form):
            run = create_run(project=project, **form.cleaned_data, actor=person)
            return redirect(address("run", run))
    subjects = releases_in(project).order_by().values("subject").distinct()
    context = {
        "project": project,
        "form": form,
        "enough_releases": subjects.count() >= 2,
        "enough_consents": subjects.filter(covered(Act.TRAIN, subject="subject")).count() >= 2,
    }
    return render(request, "runs/new_run.html", context)


@never_cache
@page("GET")
def run_page(request: HttpRequest, person: User, project_slug: str, number: int) -> HttpResponse:
    """One run, live."""
    run = access_numbered_run(person, project_slug, number, ORGANISE)
    may_act = person.has_perm(ADMINISTER, run.project)
    now = RunOut(run_now(run, may_act=may_act)).data
    context = {
        "project": run.project,
        "run": run,
        "may_act": may_act,
        # As the API would give it, so that the page begins with what it will ask for.
        "now": now,
        "sides": (
            ("A", run.release_a, run.manifest_a_sha256),
            ("B", run.release_b, run.manifest_b_sha256),
        ),
        "folder": folder_of(run) if may_act else None,
    }
    return render(request, "runs/run.html", context)


@page("GET")
def preview_file(
    request: HttpRequest, person: User, project_slug: str, number: int
) -> HttpResponseBase:
    """The newest preview; withheld while a consent to train is not in force for both people.

    With `?masked=1` it is the one with all but the faces veiled.
    """
    run = access_numbered_run(person, project_slug, number, ORGANISE)
    if not both_covered(run, Act.TRAIN):
        raise PicturesHidden
    path = newest_preview(run, masked="masked" in request.GET)
    try:
        return private_bytes(
            request,
            version=str(path.stat().st_mtime_ns),
            read=path.read_bytes,
            content_type="image/webp",
        )
    except FileNotFoundError as error:
        raise NotFound from error
