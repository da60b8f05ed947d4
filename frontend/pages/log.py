"""What was done in a project and who signed in; the same of the site, for its staff."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from curation.accounts.models import AccountEvent
from curation.accounts.selectors import all_events, events_of_members
from curation.projects import log as action_log
from curation.projects.access import access_project, require_staff
from curation.projects.models import ActionLog, Project, Role, User
from curation.projects.permissions import ADMINISTER
from curation.projects.selectors import acts_where, log_of
from frontend.act_words import ACTS
from frontend.downloads import CSV, as_table
from frontend.forms.log import LogFilterForm
from frontend.pages.older import page_of
from frontend.person import page

_SHOWN = ("volunteer", "role", "before", "after", "link_by", "returned")
"""What is shown of an act's details. What a ruling said, what is gold, and what was asked of a
picture, is not: its reader may yet be to vote."""

_MAY_BE_ROLES = ("role", "before", "after")
"""Somebody may be called “volunteer”."""


@never_cache
@page("GET")
def log(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """What was done in the project, newest first."""
    return _log_page(request, access_project(person, project_slug, ADMINISTER))


@never_cache
@page("GET")
def export_log(
    request: HttpRequest, person: User, project_slug: str
) -> HttpResponse | StreamingHttpResponse:
    """The same acts as a table for spreadsheets; that it was taken is an act itself."""
    return _log_file(request, person, access_project(person, project_slug, ADMINISTER))


@never_cache
@page("GET")
def sign_ins(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Who of the project's people signed in, failed to, and signed out."""
    project = access_project(person, project_slug, ADMINISTER)
    return _sign_ins_page(request, project, events_of_members(project))


@never_cache
@page("GET")
def site_log(request: HttpRequest, person: User) -> HttpResponse:
    """What was done to accounts, newest first; for the staff."""
    require_staff(person)
    return _log_page(request, None)


@never_cache
@page("GET")
def export_site_log(request: HttpRequest, person: User) -> HttpResponse | StreamingHttpResponse:
    """What was done to accounts as a table for spreadsheets; for the staff."""
    require_staff(person)
    return _log_file(request, person, None)


@never_cache
@page("GET")
def site_sign_ins(request: HttpRequest, person: User) -> HttpResponse:
    """Everybody's sign-ins, and failures for names that nobody has; for the staff."""
    require_staff(person)
    return _sign_ins_page(request, None, all_events())


def _log_page(request: HttpRequest, project: Project | None) -> HttpResponse:
    form = LogFilterForm(request.GET)
    context = page_of(_asked_acts(form, project), request)
    context["rows"] = [
        {"at": act.at, "act": act, "done": _done(act), "details": _details(act)}
        for act in context["rows"]
    ]
    context |= {"form": form, "is_narrowed": form.is_narrowed, "project": project, "tab": "log"}
    return render(request, "log/log.html", context)


def _log_file(
    request: HttpRequest, person: User, project: Project | None
) -> HttpResponse | StreamingHttpResponse:
    if request.method == "HEAD":
        return HttpResponse(content_type=CSV)
    acts = _asked_acts(LogFilterForm(request.GET), project)
    action_log.record("log.export", actor=person, project=project, target=project or "site")
    rows = _table(acts.iterator(chunk_size=500))
    return as_table(rows, f"{'site' if project is None else project.slug}-log.csv")


def _table(acts: Iterable[ActionLog]) -> Iterator[tuple[str | int, ...]]:
    yield ("place", "at", "who", "act", "in_words", "on_what", "details", "hash_before")
    for act in acts:
        place = act.place or ""
        who = str(act.actor or "")
        told = (str(_done(act)), act.target, _details(act), act.hash_before)
        yield (place, act.at.isoformat(), who, act.action, *told)


def _asked_acts(form: LogFilterForm, project: Project | None) -> QuerySet[ActionLog]:
    """Those that the form asks for, newest first; all while it says something impossible."""
    acts = log_of(project)
    return acts_where(acts, **form.cleaned_data) if form.is_valid() else acts


def _sign_ins_page(
    request: HttpRequest, project: Project | None, events: QuerySet[AccountEvent]
) -> HttpResponse:
    context = page_of(events, request)
    return render(request, "log/sign_ins.html", context | {"project": project, "tab": "sign_ins"})


def _done(act: ActionLog) -> Any:
    return ACTS.get(act.action, act.action)


def _details(act: ActionLog) -> str:
    if act.action.startswith(("image.", "gold.", "question.")):
        return ""
    said = [_in_words(key, act.details[key]) for key in _SHOWN if act.details.get(key)]
    return " → ".join(said) if "after" in act.details else " · ".join(said)


def _in_words(key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    is_role = key in _MAY_BE_ROLES and value in Role.values
    return str(Role(value).label) if is_role else str(value)
