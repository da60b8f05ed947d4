"""Forms for what was said of pictures in another tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from curation.manual.reasons import Reason


class LabelsForm(forms.Form):
    """The file, and what words in it mean that nobody here knows."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "A .csv table; an .xml of CVAT; a .json of Label Studio, CVAT (Datumaro) or "
            "FiftyOne; or the folder that was cleaned by hand, as a .zip."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xml,.json,.zip"}),
    )
    words = forms.CharField(
        label=_("What their words mean"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "good ones = keep"}),
        help_text=_(
            "One in a line: theirs, an equals sign, then keep, reject or the code of a reason."
        ),
    )

    def clean_words(self) -> dict[str, str]:
        """By their word, ours."""
        meanings = {}
        for line in self.cleaned_data["words"].splitlines():
            if not line.strip():
                continue
            theirs, is_said, ours = (part.strip() for part in line.rpartition("="))
            if not (is_said and theirs) or ours not in {"keep", "reject", *Reason}:
                raise forms.ValidationError(
                    _("“%(line)s”: behind = stands keep, reject or one of %(codes)s."),
                    params={"line": line.strip(), "codes": ", ".join(Reason)},
                )
            meanings[theirs] = ours
        return meanings


class SettleByLabelsForm(forms.Form):
    export = forms.CharField(widget=forms.HiddenInput, max_length=255)
    reason = forms.TypedChoiceField(
        label=_("Reason where none is named"),
        coerce=Reason,
        required=False,
        empty_value=None,
    )

    def __init__(self, *args: Any, titles: Mapping[Reason, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.TypedChoiceField", self.fields["reason"]).choices = [
            ("", _("Leave those as they are")),
            *((reason.value, capfirst(title)) for reason, title in titles.items()),
        ]
