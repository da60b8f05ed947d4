"""Sentences of Django and django-allauth that our Chinese catalogue words anew.

Their own Chinese is missing or old, or speaks to people in another tone than ours. Nothing imports
this module: `manage.py messages` finds the sentences here, and our catalogue comes before theirs.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

DJANGO = (
    ngettext_lazy("%(num)d day", "%(num)d days", "num"),
    ngettext_lazy("%(num)d month", "%(num)d months", "num"),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "min_length",
    ),
)
ALLAUTH = (
    _("Alternative options"),
    _("An authenticator app is not active."),
    _("Authentication using an authenticator app is active."),
    _("Authenticator code"),
    _("Be patient, you are sending too many requests."),
    _("Confirm Access"),
    _("Enter an authenticator code:"),
    _("Enter your password:"),
    _("Incorrect code."),
    _("Incorrect password."),
    _("No recovery codes set up."),
    _("Please reauthenticate to safeguard your account."),
    _("Please type your current password."),
    _("Recovery Codes"),
    _("Successfully signed in as %(name)s."),
    _("The username and/or password you specified are not correct."),
    _("This action will invalidate your existing codes."),
    _("Two-Factor Authentication"),
    _("Use authenticator app or code"),
    _("Use your password"),
    _("You are about to generate a new set of recovery codes for your account."),
    _("You have signed out."),
)
