"""The form that narrows the action log."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from frontend.act_words import ACTS

_NO_DAY = {"invalid": _("Write a day as year-month-day, such as 2026-11-30.")}


class LogFilterForm(forms.Form):
    """Everything may be left empty. What it cleans is what `acts_where` takes."""

    who = forms.CharField(label=_("Who"), required=False, max_length=150)
    action = forms.ChoiceField(label=_("Act"), required=False)
    target = forms.CharField(label=_("On what"), required=False, max_length=200)
    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted(((act, str(words)) for act, words in ACTS.items()), key=lambda each: each[1])
        field = cast("forms.ChoiceField", self.fields["action"])
        field.choices = [("", _("Every act")), *acts]
        for day in ("first_day", "last_day"):
            self.fields[day].error_messages |= _NO_DAY

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Days are those of the reader; the last one counts to its end."""
        given = dict(self.cleaned_data)
        first, last = given.pop("first_day", None), given.pop("last_day", None)
        given["since"] = first and _begin_of(first)
        given["before"] = last and _begin_of(last + dt.timedelta(days=1))
        return given


def _begin_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
