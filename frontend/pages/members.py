"""Who is in a project, in which role, and who is invited."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from curation.accounts.access import looked_after_by
from curation.errors import InvalidInput
from curation.projects.access import access_project
from curation.projects.change_role import change_role
from curation.projects.invite import invite
from curation.projects.models import Project, Role, User
from curation.projects.permissions import ADMINISTER, ORGANISE
from curation.projects.remove_member import remove_member
from curation.projects.selectors import members_of, waiting_invitations
from curation.projects.take_back_invitation import take_back_invitation
from frontend.addresses import address
from frontend.forms.projects import InvitationForm, RoleForm
from frontend.person import page
from frontend.refusals import refusals_as_messages


@never_cache
@page("GET")
def members(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Who is in the project; admins change it here."""
    return _members_page(request, access_project(person, project_slug, ORGANISE), person)


@never_cache
@page("POST")
def invite_member(request: HttpRequest, person: User, project_slug: str) -> HttpResponse:
    """Make an invitation link and show it, this once.

    It answers with the page instead of a redirect: a redirect would have to keep the token
    somewhere, and nobody but the reader of this page shall have it.
    """
    project = access_project(person, project_slug, ORGANISE)
    form = InvitationForm(request.POST, permission=_permission_of(person, project))
    if not form.is_valid():
        return _members_page(request, project, person, form=form)
    token = invite(project=project, actor=person, **form.cleaned_data)
    link = request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))
    made = form.cleaned_data | {"link": link}
    return _members_page(request, project, person, made=made)


@page("POST")
def take_back(
    request: HttpRequest, person: User, project_slug: str, invitation_id: int
) -> HttpResponse:
    """Make an invitation link worthless."""
    project = access_project(person, project_slug, ORGANISE)
    take_back_invitation(project=project, invitation_id=invitation_id, actor=person)
    messages.success(request, _("The invitation was taken back."))
    return redirect(address("members", project))


@page("POST")
def member_role(
    request: HttpRequest, person: User, project_slug: str, membership_id: int
) -> HttpResponse:
    """Give a member another role."""
    project = access_project(person, project_slug, ADMINISTER)
    with refusals_as_messages(request):
        change_role(
            project=project, membership_id=membership_id, role=_chosen_role(request), actor=person
        )
        messages.success(request, _("The role was changed."))
    return redirect(address("members", project))


@page("POST")
def member_removal(
    request: HttpRequest, person: User, project_slug: str, membership_id: int
) -> HttpResponse:
    """Take a member out of the project."""
    project = access_project(person, project_slug, ADMINISTER)
    with refusals_as_messages(request):
        remove_member(project=project, membership_id=membership_id, actor=person)
        messages.success(request, _("They are no longer in this project."))
        if not project.memberships.filter(user=person).exists():
            return redirect("home")
    return redirect(address("members", project))


def _chosen_role(request: HttpRequest) -> Role:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("There is no such role."))
    role: Role = form.cleaned_data["role"]
    return role


def _permission_of(person: User, project: Project) -> str:
    return ADMINISTER if person.has_perm(ADMINISTER, project) else ORGANISE


def _members_page(
    request: HttpRequest,
    project: Project,
    person: User,
    *,
    form: InvitationForm | None = None,
    made: dict[str, Any] | None = None,
) -> HttpResponse:
    """With the `form` to invite as it was filled in, or with what was `made` of it, this once."""
    permission = _permission_of(person, project)
    may_change = permission == ADMINISTER
    people = members_of(project)
    context = {
        "project": project,
        "members": people,
        "looked_after": looked_after_by(person, [row.user for row in people]) if may_change else (),
        "invitations": waiting_invitations(project),
        "may_change": may_change,
        "roles": Role,
        "form": form or InvitationForm(permission=permission),
        "made": made,
    }
    return render(request, "members/members.html", context)
