"""The form by which an organiser says how a subject's work hands itself out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.batches.assign_batch import LONGEST_DAYS
from curation.batches.cut_batches import LARGEST_SIZE
from curation.batches.models import Order
from curation.batches.set_hand_out import MOST_AT_ONCE, HandOutSettings
from curation.projects.models import Membership
from frontend.numbers import LARGEST_NUMBER


class HandOutForm(forms.Form):
    """For whom, how much at a time, for how long, and in which order."""

    for_everybody = forms.BooleanField(
        label=_("For everybody in the project"), required=False, initial=True
    )
    people = forms.TypedMultipleChoiceField(
        label=_("For these people, who get it before other work"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    size = forms.IntegerField(label=_("Pictures at a time"), min_value=1, max_value=LARGEST_SIZE)
    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Whoever is still judging then keeps the batch for a while."),
    )
    overlap = forms.IntegerField(
        label=_("People at a batch at once"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        help_text=_("Never more than votes are wanted. With 1, a second vote is asked for later."),
    )
    most_each = forms.IntegerField(
        label=_("At most for each person"),
        min_value=1,
        max_value=LARGEST_NUMBER,
        required=False,
        help_text=_("Pictures of this subject that one person judges. Blank: no limit."),
    )
    order = forms.ChoiceField(
        label=_("Order"),
        choices=Order,
        help_text=_("No order follows what the machine suspects: it would tell."),
    )

    def __init__(
        self,
        *args: Any,
        members: Iterable[Membership],
        settings: HandOutSettings | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [(member.user_id, str(member.user)) for member in members]
        self.fields["people"].choices = people  # type: ignore[attr-defined]  # a choice field
        said = settings or HandOutSettings()
        for name in self.fields:
            self.fields[name].initial = getattr(said, name)
        self.fields["people"].initial = sorted(said.people)

    def settings(self) -> HandOutSettings:
        """What a valid form says."""
        said = self.cleaned_data
        return HandOutSettings(
            **{**said, "people": frozenset(said["people"]), "order": Order(said["order"])}
        )
