"""Forms of the project pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.projects.days import time_zones
from curation.projects.invitations import (
    DEFAULT_DAYS,
    LONGEST_DAYS,
    MOST_PLACES,
    permission_to_invite,
)
from curation.projects.models import Role, Rule
from curation.projects.permissions import ORGANISE

TIME_ZONE_HELP = _("A consent begins and ends at midnight there.")


RULES = {
    Rule.WEIGHTED: _(
        "By their weight: a vote counts as much as its caster’s votes so far are to be believed, "
        "and what the machine thinks counts too, never alone. Often one vote is enough; where it "
        "is not, up to seven people are asked."
    ),
    Rule.PLAIN: _(
        "Two equal votes: whoever cast them, they decide; where two people differ, a third is "
        "asked. It needs more votes, and anybody can check it by counting."
    ),
}


def _rule_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("What decides about a picture"),
        choices=list(RULES.items()),
        coerce=Rule,
        widget=forms.RadioSelect,
        initial=Rule.WEIGHTED,
    )


def _time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in time_zones()]


def _zone_of_the_browser() -> str:
    """The zone in which this page is shown, as the browser named it."""
    name = timezone.get_current_timezone_name()
    return name if name in time_zones() else "UTC"


class ProjectForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=50,
        required=False,
        help_text=_("a–z, 0–9 and hyphens. Left empty, one is made from the name."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_time_zones,
        initial=_zone_of_the_browser,
        help_text=TIME_ZONE_HELP,
    )
    rule = _rule_field()


class EditProjectForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_time_zones, help_text=TIME_ZONE_HELP
    )
    rule = _rule_field()
    rule.help_text = _(
        "Another choice counts all votes anew at once: pictures that were decided may wait for a "
        "vote again, or the other way round. Your rulings and frozen releases stay as they are."
    )


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=Role)


class InvitationForm(RoleForm):
    """For a reader who holds `permission`, offered the roles that it lets them invite to."""

    places = forms.IntegerField(
        label=_("For how many people"), min_value=1, max_value=MOST_PLACES, initial=1
    )
    days = forms.IntegerField(
        label=_("Days it holds"), min_value=1, max_value=LONGEST_DAYS, initial=DEFAULT_DAYS
    )

    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = [
            (role.value, role.label)
            for role in Role
            if permission_to_invite(role) in {ORGANISE, permission}
        ]
