"""The page behind a link that resets a password."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from curation.accounts.reset_links import find_reset_link
from curation.accounts.reset_password import reset_password
from curation.projects.models import User


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a new password; opening the page does not use the link up, setting one does."""
    person = find_reset_link(token).person
    form: SetPasswordForm[User] = SetPasswordForm(person, request.POST or None)
    if form.is_valid():
        reset_password(token=token, password=form.cleaned_data["new_password1"])
        get_adapter(request).forget_failures(request, person)
        messages.success(request, _("Your new password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "reset_password/reset_password.html", {"form": form, "whom": person})
