"""What was done in a project and who signed in; the same of the site, for its staff."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from curation.accounts.models import AccountEvent
from curation.accounts.selectors import all_events, events_of_members
from curation.projects.access import access_project, require_staff
from curation.projects.models import ActionLog, Project, Role, User
from curation.projects.permissions import ADMINISTER
from curation.projects.selectors import log_of
from frontend.pages.older import page_of
from frontend.person import page

ACTS = {
    "account.deactivate": _("deactivated an account"),
    "account.make_reset_link": _("made a link that resets a password"),
    "account.reactivate": _("reactivated an account"),
    "account.remove_second_factor": _("removed a second factor"),
    "account.reset_password": _("reset their password by a link"),
    "batch.assign": _("handed out a batch"),
    "batch.close": _("closed a batch"),
    "batch.cut": _("cut batches"),
    "batch.reopen": _("reopened a batch"),
    "batch.return": _("returned a batch"),
    "batch.revoke": _("took a batch back"),
    "batch.take": _("took work"),
    "look_alike.dismiss": _("dismissed a proposed look-alike"),
    "consent.read_evidence": _("read the evidence of a consent"),
    "consent.record": _("recorded a consent"),
    "consent.withdraw": _("withdrew a consent"),
    "conversion.start": _("started a conversion"),
    "batch.say_distinct": _("said that pictures of the batch are distinct"),
    "batch.take_back_distinct": _("took back that pictures of the batch are distinct"),
    "duplicates.mark_distinct": _("said that pictures are distinct"),
    "duplicates.search": _("had a search for duplicates tried again"),
    "duplicates.unmark_distinct": _("took back that pictures are distinct"),
    "gold.mark": _("marked pictures as gold"),
    "gold.unmark": _("took back that pictures are gold"),
    "hints.fit": _("had the making of hints tried again"),
    "image.settle": _("settled a picture"),
    "image.settle_many": _("settled many pictures"),
    "image.withdraw_ruling": _("withdrew a ruling"),
    "labels.import": _("kept labels of another tool"),
    "import.answer": _("answered what an import asked of its packs"),
    "import.cancel": _("cancelled an import"),
    "import.finish": _("finished an import"),
    "import.start": _("started an import"),
    "import.try_again": _("had an import tried again"),
    "analysis.try_again": _("had pictures analysed again"),
    "manual.add_example": _("added an example to the manual"),
    "manual.edit_reason": _("changed a reason in the manual"),
    "manual.order_reasons": _("chose the manual's reasons and their numbers"),
    "manual.remove_example": _("removed an example from the manual"),
    "pack.cast": _("cast the votes of an offline pack"),
    "pack.take": _("took a batch along as an offline pack"),
    "project.change_role": _("changed a role"),
    "project.edit": _("changed the project's settings"),
    "project.invite": _("made an invitation link"),
    "project.join": _("joined"),
    "project.open": _("opened the project"),
    "project.remove_member": _("removed a member"),
    "project.take_back_invitation": _("took back an invitation"),
    "question.amend": _("changed the answer to a question"),
    "question.answer": _("answered a question"),
    "question.ask": _("asked a question about a picture"),
    "question.withdraw": _("took back a question"),
    "release.ask": _("asked for a release to be frozen"),
    "release.download": _("downloaded a release"),
    "release.freeze": _("froze a release"),
    "run.create": _("started a run"),
    "run.resume": _("resumed a run"),
    "run.save": _("saved a checkpoint"),
    "run.stop": _("stopped a run"),
    "scale.make": _("made images to measure with"),
    "source.add": _("added a source"),
    "source.note": _("changed a source's note"),
    "subject.add": _("added a subject"),
    "subject.add_look_alike": _("added a look-alike"),
    "subject.add_portrait": _("added a portrait"),
    "subject.close": _("ended that a subject is open to everybody"),
    "subject.edit": _("changed a subject"),
    "subject.open": _("opened a subject to everybody"),
    "subject.remove_look_alike": _("removed a look-alike"),
    "subject.remove_portrait": _("removed a portrait"),
}
"""Every act that the log knows, in words; a test finds what is missing."""

_SHOWN = ("volunteer", "role", "before", "after", "link_by", "returned")
"""What is shown of an act's details. What a ruling said, what is gold, and what was asked of a
picture, is not: its reader may yet be to vote."""


@never_cache
@page("GET")
def log(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """What was done in the project, newest first."""
    project = access_project(person, project_slug, ADMINISTER)
    return _log_page(request, project, log_of(project))


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
    return _log_page(request, None, log_of(None))


@never_cache
@page("GET")
def site_sign_ins(request: HttpRequest, person: User) -> HttpResponse:
    """Everybody's sign-ins, and failures for names that nobody has; for the staff."""
    require_staff(person)
    return _sign_ins_page(request, None, all_events())


def _log_page(
    request: HttpRequest, project: Project | None, acts: QuerySet[ActionLog]
) -> HttpResponse:
    context = page_of(acts, request)
    context["rows"] = [
        {
            "at": act.at,
            "act": act,
            "done": ACTS.get(act.action, act.action),
            "details": _details(act),
        }
        for act in context["rows"]
    ]
    return render(request, "log/log.html", context | {"project": project, "tab": "log"})


def _sign_ins_page(
    request: HttpRequest, project: Project | None, events: QuerySet[AccountEvent]
) -> HttpResponse:
    context = page_of(events, request)
    return render(request, "log/sign_ins.html", context | {"project": project, "tab": "sign_ins"})


def _details(act: ActionLog) -> str:
    if act.action.startswith(("image.", "gold.", "question.")):
        return ""
    said = [_in_words(act.details[key]) for key in _SHOWN if act.details.get(key)]
    return " → ".join(said) if "after" in act.details else " · ".join(said)


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(Role(value).label) if value in Role.values else str(value)
