"""The manual as a page: a project's now and in earlier versions, and the one all begin with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from curation.errors import NotFound
from curation.manual.models import ManualVersion
from curation.manual.selectors import current_manual, versions_of, whole
from curation.projects.access import access_project
from curation.projects.models import Project, User
from curation.projects.permissions import ORGANISE, VIEW
from curation.projects.selectors import memberships_of
from frontend.addresses import address
from frontend.person import page


@page("GET")
def manual(request: HttpRequest, person: User) -> HttpResponse:
    """Leads to the manual of the person's project; of several, to each below the first version."""
    projects = [each.project for each in memberships_of(person)]
    if len(projects) == 1:
        return redirect(address("project_manual", projects[0]))
    context = {"manual": current_manual(None), "projects": projects}
    return render(request, "manual/manual.html", context)


@page("GET")
def project_manual(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """What to keep, what to reject and why, with pictures."""
    project = access_project(person, project_slug, VIEW)
    return _manual_page(request, person, project, current_manual(project))


@page("GET")
def manual_version(
    request: HttpRequest, person: User, project_slug: str, version: int
) -> HttpResponse:
    """The same as it was said in an earlier version."""
    project = access_project(person, project_slug, VIEW)
    shown = whole(versions_of(project).filter(number=version)).first()
    if shown is None:
        raise NotFound
    is_current = not versions_of(project).filter(number__gt=version).exists()
    return _manual_page(request, person, project, shown, is_current=is_current)


def _manual_page(
    request: HttpRequest,
    person: User,
    project: Project,
    manual: ManualVersion,
    *,
    is_current: bool = True,
) -> HttpResponse:
    reasons = manual.reasons_in_use  # type: ignore[attr-defined]  # prefetched by `whole`
    kept = manual.examples_to_keep  # type: ignore[attr-defined]  # the same
    shown = [*kept, *(each for reason in reasons for each in reason.examples_shown)]
    context = {
        "manual": manual,
        "has_own_pictures": any(each.subject for each in shown),
        "project": project,
        "is_current": is_current,
        "may_organise": person.has_perm(ORGANISE, project),
    }
    return render(request, "manual/manual.html", context)
