"""The page behind an invitation link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from curation.projects.accept_invitation import accept_invitation
from curation.projects.adapter import INVITATION_SESSION_KEY
from curation.projects.invitations import InvitationOver, find_open_invitation, used_invitation
from frontend.person import signed_in
from frontend.refusals import refusals_as_messages


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites to what; those signed in join from here, others after they sign in."""
    open_invitation = find_open_invitation(token)
    if not request.user.is_authenticated:
        if open_invitation is None:
            raise InvitationOver
        request.session[INVITATION_SESSION_KEY] = open_invitation.pk
        return render(request, "invitation/invitation.html", {"invitation": open_invitation})
    person = signed_in(request)
    if used_invitation(token, person.pk) is not None:  # they follow their own link once more
        return redirect("home")
    if open_invitation is None:
        raise InvitationOver
    if request.method == "POST":
        with refusals_as_messages(request):
            accept_invitation(invitation=open_invitation, actor=person)
            request.session.pop(INVITATION_SESSION_KEY, None)
            messages.success(
                request, _("Welcome to %(name)s.") % {"name": open_invitation.project.name}
            )
        return redirect("home")
    is_member = open_invitation.project.memberships.filter(user=person).exists()
    return render(
        request,
        "invitation/invitation.html",
        {"invitation": open_invitation, "is_member": is_member},
    )
