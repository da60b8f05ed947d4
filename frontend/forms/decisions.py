"""The form that settles an image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.verdicts import SURE_VERDICTS, Verdict


class ReasonsField(forms.TypedMultipleChoiceField):
    """Offers the reasons of the manual, and takes others: they are refused by their names."""

    def valid_value(self, value: Any) -> bool:
        return value in {each.value for each in Reason}


class SettleForm(forms.Form):
    verdict = forms.TypedChoiceField(
        choices=SURE_VERDICTS,
        coerce=Verdict,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose keep or reject.")),
    )
    reasons = ReasonsField(
        label=_("Reasons"),
        coerce=Reason,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=1000,
        widget=forms.TextInput,
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, reasons: Iterable[ManualReason]
    ) -> None:
        super().__init__(data)
        offered = [(each.code, each.title) for each in reasons]
        cast("ReasonsField", self.fields["reasons"]).choices = offered

    def clean(self) -> dict[str, Any]:
        """Reasons that were ticked before “keep” was pressed do not count."""
        given = dict(self.cleaned_data)
        if given.get("verdict") is Verdict.KEEP:
            given["reasons"] = []
        return given
