"""The form that makes an image gold."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.gold.models import NOTE_LENGTH
from frontend.forms.decisions import SettleForm


class GoldForm(SettleForm):
    """The right answer: a verdict with its reasons, as for a ruling."""

    note = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.TextInput,
    )
