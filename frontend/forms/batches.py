"""Forms of the batch pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from curation.batches.assign_batch import DEFAULT_DAYS, LONGEST_DAYS
from curation.batches.cut_batches import DEFAULT_SIZE, LARGEST_SIZE
from curation.batches.models import LeaseState, Order
from curation.batches.numbers import numbers_meant, within
from curation.images.models import Image
from curation.projects.models import Project, User
from curation.projects.selectors import members_of
from curation.subjects.models import Subject


class CutForm(forms.Form):
    size = forms.IntegerField(
        label=_("Images in a batch"),
        min_value=1,
        max_value=LARGEST_SIZE,
        initial=DEFAULT_SIZE,
        help_text=_("A hundred take a volunteer about ten minutes."),
    )
    numbers = forms.CharField(
        label=_("Only these numbers"),
        required=False,
        max_length=2000,
        help_text=_("Such as 1-200, 250. Blank: all that are in no batch."),
    )
    source = forms.TypedChoiceField(
        label=_("Only from"), coerce=int, required=False, empty_value=None
    )
    order = forms.ChoiceField(label=_("Order"), choices=Order, required=False, initial=Order.NUMBER)

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        sources = subject.sources.order_by("pk").values_list("pk", "label")
        self.fields["source"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("every source")),
            *sources,
        ]

    def clean_order(self) -> Order:
        return Order(self.cleaned_data["order"] or Order.NUMBER)

    def chosen(self) -> QuerySet[Image] | None:
        """Which images a valid form means; None for all. Raises InvalidInput."""
        numbers, source = self.cleaned_data["numbers"], self.cleaned_data["source"]
        if not numbers and source is None:
            return None
        images = Image.objects.filter(subject=self.subject)
        if numbers:
            last = self.subject.last_number
            images = images.filter(within(numbers_meant(numbers, last=last)))
        if source is not None:
            images = images.filter(provenances__source=source).distinct()
        return images


class AssignForm(forms.Form):
    """Whom to hand a batch to, of the people in its project.

    `states` are the leases on it, by their people. Chosen beforehand is somebody who never had it.
    """

    volunteer = forms.TypedChoiceField(label=_("To"), coerce=int)
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=LONGEST_DAYS, initial=DEFAULT_DAYS
    )

    def __init__(
        self,
        *args: Any,
        project: Project,
        states: Mapping[int, LeaseState] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        # Those first whose work it is; members come with the admins first.
        self.people = {member.user_id: member for member in reversed(list(members_of(project)))}
        self.fields["volunteer"].choices = self._offered(states or {})  # type: ignore[attr-defined]  # a choice field

    def _offered(self, states: Mapping[int, LeaseState]) -> list[tuple[Any, Any]]:
        """Who never had it, then who had it, then who holds it: to them it gives more time."""
        new = self._people_with(states, None)
        had = self._people_with(states, LeaseState.EXPIRED, LeaseState.RETURNED)
        hold = self._people_with(states, LeaseState.LIVE)
        groups = [(_("Had it before"), had), (_("Have it already"), hold)]
        return [*(new or [("", _("Choose somebody"))]), *(group for group in groups if group[1])]

    def _people_with(
        self, states: Mapping[int, LeaseState], *these: LeaseState | None
    ) -> list[tuple[Any, Any]]:
        return [
            (pk, f"{member.user} · {member.get_role_display()}")
            for pk, member in self.people.items()
            if states.get(pk) in these
        ]

    def clean_volunteer(self) -> User:
        """The person themselves, one of the members offered."""
        return self.people[self.cleaned_data["volunteer"]].user


SUGGESTED_PART = 20
"""So many pictures somebody is proposed to keep who returns the rest of a batch."""


class ReturnPartForm(forms.Form):
    """How many one keeps of the pictures that wait for one; that it is a part, the act sees to."""

    keep = forms.IntegerField(
        label=_("Keep the next"),
        min_value=1,
        help_text=_(
            "What you have judged stays yours. The pictures behind the ones that you keep go to "
            "others."
        ),
    )

    def __init__(self, *args: Any, num_left: int = 2, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].initial = max(1, min(SUGGESTED_PART, num_left - 1))


class RevokeForm(forms.Form):
    volunteer = forms.ModelChoiceField(User.objects.all())
