"""Looking after people's accounts: reset links, deactivation; and the staff's list of everybody."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from curation.accounts.access import access_person, looked_after_by
from curation.accounts.deactivate import deactivate
from curation.accounts.make_reset_link import make_reset_link
from curation.accounts.reactivate import reactivate
from curation.accounts.selectors import all_people
from curation.projects.access import require_staff
from curation.projects.models import Project, User
from frontend.addresses import address
from frontend.numbers import number_in
from frontend.pages.older import page_of
from frontend.person import page


@never_cache
@page("GET")
def people(request: HttpRequest, person: User) -> HttpResponse:
    """Everybody who has an account; for the staff."""
    require_staff(person)
    name = request.GET.get("name", "").strip()
    found = all_people()
    if name:
        found = found.filter(username__icontains=name)
    context = page_of(found, request)
    may_change = looked_after_by(person, context["rows"])
    return render(request, "people/people.html", context | {"name": name, "may_change": may_change})


@never_cache
@page("POST")
def reset_link(request: HttpRequest, person: User, person_id: int) -> HttpResponse:
    """Make a link that resets somebody's password and show it, this once."""
    whom = access_person(person, person_id)
    token = make_reset_link(person=whom, actor=person)
    link = request.build_absolute_uri(reverse("reset_password", kwargs={"token": token}))
    context = {"whom": whom, "link": link, "back": _back(request, person)}
    return render(request, "people/reset_link.html", context)


@page("POST")
def deactivation(request: HttpRequest, person: User, person_id: int) -> HttpResponse:
    """Shut somebody out, now."""
    whom = access_person(person, person_id)
    returned = deactivate(person=whom, actor=person)
    said = _("%(person)s is signed out everywhere and cannot sign in any more.") % {"person": whom}
    if returned:
        said += " " + ngettext(
            "%(num)d batch of theirs was returned.",
            "%(num)d batches of theirs were returned.",
            returned,
        ) % {"num": returned}
    messages.success(request, said)
    return redirect(_back(request, person))


@page("POST")
def reactivation(request: HttpRequest, person: User, person_id: int) -> HttpResponse:
    """Let somebody in again."""
    whom = access_person(person, person_id)
    reactivate(person=whom, actor=person)
    messages.success(request, _("%(person)s can sign in again.") % {"person": whom})
    return redirect(_back(request, person))


def _back(request: HttpRequest, person: User) -> str:
    """The list from which they came: the members of a project of theirs, or everybody."""
    key = number_in(request.POST.get("project", "")) or 0
    project = Project.objects.filter(pk=key, memberships__user=person).first()
    if project is not None:
        return address("members", project)
    return reverse("people" if person.is_staff else "home")
