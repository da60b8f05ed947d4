"""The form of mails about new work."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NoticesForm(forms.Form):
    email = forms.EmailField(
        label=_("Your mail address"),
        required=False,
        help_text=_("A mail names the project and how much there is, never whose pictures."),
    )
    wished = forms.BooleanField(
        label=_("Send me a mail when there is new work"),
        required=False,
        help_text=_("At most one a day from each project."),
    )
