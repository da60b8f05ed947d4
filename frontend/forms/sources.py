"""What an organiser says about files they send. The files go another way: see `upload.py`."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.sources.add_source import MAX_LABEL_LENGTH


class UploadForm(forms.Form):
    label = forms.CharField(
        label=_("Source"),
        max_length=MAX_LABEL_LENGTH,
        help_text=_("What you call the place they come from, such as weibo or scans."),
        widget=forms.TextInput(attrs={"list": "labels", "autocomplete": "off"}),
    )
    licence_note = forms.CharField(
        label=_("Licence note"),
        max_length=2000,
        required=False,
        help_text=_("Under what terms we may keep them, if you know."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
