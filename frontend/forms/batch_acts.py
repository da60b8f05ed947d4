"""The form of the board's bar: what to do, with which batches, for whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.batches.act_on_batches import MOST_AT_ONCE, Act
from curation.batches.assign_batch import DEFAULT_DAYS, LONGEST_DAYS
from curation.batches.models import Batch
from curation.consensus.board import SHOWN, batches_shown
from curation.projects.models import User
from curation.projects.selectors import members_of
from curation.subjects.models import Subject
from frontend.numbers import number_in

NUDGE = "nudge"
"""Beside the acts on batches: a mail to those who hold them."""


class BatchActsForm(forms.Form):
    """What was ticked and pressed on the board, or on the page of its people."""

    act = forms.ChoiceField(choices=[(act, act) for act in (*Act, NUDGE)])
    batch = forms.TypedMultipleChoiceField(coerce=int, required=False)
    all = forms.BooleanField(required=False)
    people = forms.TypedMultipleChoiceField(coerce=int, required=False)
    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        error_messages={
            "min_value": _("A lease lasts between 1 and %(most)d days.") % {"most": LONGEST_DAYS},
            "max_value": _("A lease lasts between 1 and %(most)d days.") % {"most": LONGEST_DAYS},
        },
    )

    def __init__(self, data: Any, *, subject: Subject) -> None:
        super().__init__(data)
        self.subject = subject
        self.members = {each.user_id: each.user for each in members_of(subject.project)}
        self.fields["people"].choices = list(self.members.items())  # type: ignore[attr-defined]  # a choice field
        ticked = [number_in(text) or 0 for text in data.getlist("batch")]
        numbers = Batch.objects.filter(subject=subject, number__in=ticked)
        self.fields["batch"].choices = [  # type: ignore[attr-defined]  # a choice field
            (number, number) for number in numbers.values_list("number", flat=True)
        ]

    def clean_days(self) -> int:
        days: int | None = self.cleaned_data["days"]
        return DEFAULT_DAYS if days is None else days

    def query(self) -> str:
        """What leads to the same list again."""
        show, holder = self._list()
        return f"show={show}" + (f"&person={holder}" if holder else "")

    def _list(self) -> tuple[str, int | None]:
        show, holder = self.data.get("show", ""), number_in(self.data.get("person", ""))
        return (show if show in SHOWN else SHOWN[0]), holder if holder in self.members else None

    def batches(self) -> list[Batch]:
        """Those that were ticked, or all of the list, one more than can be done at the most."""
        if self.cleaned_data["all"]:
            found = batches_shown(self.subject, *self._list())
        else:
            ticked = self.cleaned_data["batch"]
            found = Batch.objects.filter(subject=self.subject, number__in=ticked)
        batches = list(found.order_by("number")[: MOST_AT_ONCE + 1])
        for batch in batches:
            batch.subject = self.subject
        return batches

    def chosen_people(self) -> list[User]:
        return [self.members[pk] for pk in self.cleaned_data["people"]]
