"""Forms of the subject pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from curation.projects.days import today_in
from curation.projects.models import Project
from curation.subjects.models import Act, Basis

_PICTURES = {"accept": "image/*"}


class SubjectForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    note = forms.CharField(
        label=_("What helps to recognise them"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Volunteers read this beside the pictures: moles, ears, usual glasses, …"),
    )


class NewSubjectForm(SubjectForm):
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=50,
        required=False,
        help_text=_("a–z, 0–9 and hyphens. Left empty, one is made from the name."),
    )


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


MOST_PORTRAITS_AT_ONCE = 10
"""Each is looked at while the person waits, and a hostile one for as long as it is let."""


class ManyFilesField(forms.FileField):
    """One to `MOST_PORTRAITS_AT_ONCE` files; its value is a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **kwargs,
            allow_empty_file=True,  # the use case says which one it was
            widget=ManyFilesInput(attrs=dict(_PICTURES)),  # it adds to them
        )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data]
        if len(files) > MOST_PORTRAITS_AT_ONCE:
            raise forms.ValidationError(
                _("Choose at most %(most)d pictures at a time. None of these %(num)d was added.")
                % {"most": MOST_PORTRAITS_AT_ONCE, "num": len(files)}
            )
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class PortraitsForm(forms.Form):
    pictures = ManyFilesField(
        label=_("Pictures"),
        help_text=_("Clear pictures of the face, up to 10 at once; 20 MB each at most."),
    )
    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        max_length=200,
        help_text=_("For example: the drama of 2021, short hair."),
    )


class LookAlikeForm(forms.Form):
    name = forms.CharField(label=_("Who it is"), max_length=100)
    how_to_tell = forms.CharField(
        label=_("How to tell them apart"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    picture = forms.FileField(
        label=_("A picture of them"),
        required=False,
        allow_empty_file=True,  # the use case says why it is refused
        widget=forms.ClearableFileInput(attrs=_PICTURES),
    )


class ProposedLookAlikeForm(forms.Form):
    """Somebody whose pictures the site has already."""

    first = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Who it is"), max_length=100)
    how_to_tell = forms.CharField(
        label=_("How to tell them apart"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ConsentForm(forms.Form):
    basis = forms.ChoiceField(label=_("Basis"), choices=Basis.choices)
    acts = forms.TypedMultipleChoiceField(
        label=_("What it covers"),
        choices=Act.choices,
        coerce=Act,
        widget=forms.CheckboxSelectMultiple,
    )
    signed_by = forms.CharField(label=_("Signed by"), max_length=100)
    evidence = forms.FileField(
        label=_("Evidence"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.txt"}),
        help_text=_("PDF, JPEG, PNG or plain text, 10 MB at most. Only admins can read it."),
    )
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    valid_until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Leave empty if it is valid until withdrawn."),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begins = self.fields["valid_from"]
        begins.initial = today_in(project)
        begins.help_text = _("Days are counted in the project's time zone: %(zone)s.") % {
            "zone": project.time_zone
        }

    def clean_basis(self) -> Basis:
        return Basis(self.cleaned_data["basis"])


class WithdrawForm(forms.Form):
    note = forms.CharField(
        label=_("Why, in a few words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(label=_("Yes, this consent ends now and cannot be brought back."))
