"""The form of the builder: which of the kept pictures a release takes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.releases.selection import (
    DEFAULT_HELD_OUT,
    LARGEST_BUDGET,
    LARGEST_SEED,
    MOST_HELD_OUT,
    Selection,
)

SUGGESTED = Selection(collapse=True, balance=True, held_out=DEFAULT_HELD_OUT)
"""What the builder begins with."""


class SelectionForm(forms.Form):
    """All that can be set; what is left out leaves nothing out."""

    budget = forms.IntegerField(
        label=_("How many pictures at most"),
        required=False,
        min_value=1,
        max_value=LARGEST_BUDGET,
        help_text=_("Blank takes all that fit. 500 to 5,000 are enough for a person."),
    )
    balance = forms.BooleanField(
        label=_("Of each pose and light as many, the most different first"),
        required=False,
        help_text=_("Matters only where there are more pictures than you want."),
    )
    face_size = forms.IntegerField(
        label=_("Smallest face, in pixels"), required=False, min_value=0, max_value=10_000
    )
    sharpness = forms.ChoiceField(
        label=_("Sharpness"),
        required=False,
        choices=(("any", _("any")), ("fair", _("fair or sharp")), ("sharp", _("sharp alone"))),
    )
    collapse = forms.BooleanField(
        label=_("Of nearly equal pictures, the best alone"), required=False
    )
    held_out = forms.IntegerField(
        label=_("Held out, in percent"),
        required=False,
        min_value=0,
        max_value=MOST_HELD_OUT,
        help_text=_(
            "No run trains on these, so that likeness can be measured honestly. Whole shots, posts "
            "and groups of nearly equal pictures stay together."
        ),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        required=False,
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_("The same pictures, settings and seed give the same release."),
    )

    def selection(self) -> Selection:
        """What a valid form says."""
        given = {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}
        return Selection(**given)
