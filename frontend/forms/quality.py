"""The form that chooses whose votes of when are rolled back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 2000, 2100
_MINUTE = "%Y-%m-%dT%H:%M"


class WindowForm(forms.Form):
    """A span of time in the reader's time zone."""

    since = forms.DateTimeField(
        label=_("From"),
        input_formats=[_MINUTE],
        widget=forms.DateTimeInput({"type": "datetime-local"}, _MINUTE),
    )
    before = forms.DateTimeField(
        label=_("Until"),
        input_formats=[_MINUTE],
        widget=forms.DateTimeInput({"type": "datetime-local"}, _MINUTE),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a window that ends before it begins."""
        given = self.cleaned_data
        for name in ("since", "before"):
            if name in given and not FIRST_YEAR <= given[name].year <= LAST_YEAR:
                self.add_error(name, _("Choose a year between 2000 and 2100."))
        if "since" in given and "before" in given and given["since"] >= given["before"]:
            self.add_error("before", _("The window ends before it begins. Choose a later end."))
        return given
