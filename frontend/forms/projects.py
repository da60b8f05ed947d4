"""Forms of the project pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.projects.models import Role


class ProjectForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=50,
        required=False,
        help_text=_("a–z, 0–9 and hyphens. Left empty, one is made from the name."),
    )


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=Role)
