"""Whether new work is told by mail: the account's page, and the link in each mail that ends it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from curation.notices.selectors import wishes_notices
from curation.notices.stop_links import whose_token
from curation.notices.wish_notices import stop_notices, wish_notices
from curation.projects.models import User
from frontend.forms.notices import NoticesForm
from frontend.person import page
from frontend.refusals import refusals_in_form


@never_cache
@page("GET", "POST")
def notices(request: HttpRequest, person: User) -> HttpResponse:
    """Whether the person hears of new work by mail, and where."""
    now = {"email": person.email, "wished": wishes_notices(person)}
    form = NoticesForm(request.POST or None, initial=now)
    if form.is_valid():
        with refusals_in_form(form):
            wish_notices(person=person, language=get_language() or "en", **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("Stored."))
            return redirect("notices")
    return render(request, "notices/notices.html", {"form": form})


@csrf_exempt  # a mail program that ends them by one click brings no cookie; the token is the right
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails to one person, signed in or not. Opening it does not: programs open links."""
    person_id = whose_token(token)
    if request.method == "POST":
        stop_notices(person_id=person_id)
    return render(request, "notices/stop.html", {"is_stopped": request.method == "POST"})
