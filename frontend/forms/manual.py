"""Forms by which an organiser changes their project's manual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from curation.manual.edit_reason import TEXTS
from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.subjects.models import Subject

LABELS = {
    "title_zh": _("Title, Chinese"),
    "title_en": _("Title, English"),
    "summary_zh": _("In one sentence, Chinese"),
    "summary_en": _("In one sentence, English"),
    "definition_zh": _("What counts, Chinese"),
    "definition_en": _("What counts, English"),
    "exclusion_zh": _("What does not count, Chinese"),
    "exclusion_en": _("What does not count, English"),
}
"""What people call the columns of TEXTS."""

_LENGTHS = {"title": 40, "summary": 200, "definition": 2000, "exclusion": 2000}


class SeenForm(forms.Form):
    """A change to one version: of the one that was on the screen."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ReasonForm(SeenForm):
    """A reason's words in both languages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for text in TEXTS:
            kind = text.rpartition("_")[0]
            is_long = kind in {"definition", "exclusion"}
            self.fields[text] = forms.CharField(
                label=LABELS[text],
                max_length=_LENGTHS[kind],
                widget=forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput(),
            )


class OrderForm(SeenForm):
    """A number for each reason that is used."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, reasons: Iterable[ManualReason], seen: int
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        for reason in reasons:
            self.fields[reason.code] = forms.IntegerField(
                label=capfirst(reason.title),
                required=False,
                min_value=1,
                max_value=9,
                initial=reason.position,
            )

    def clean(self) -> dict[str, Any]:
        """`numbers`: those given, by reason. A reason that has none is not used."""
        given = self.cleaned_data
        numbers = {reason: given[reason.value] for reason in Reason if given.get(reason.value)}
        if len(set(numbers.values())) != len(numbers):
            message = _("Use at least one reason, each under a number of its own.")
            raise forms.ValidationError(message)
        return {"seen": given.get("seen"), "numbers": numbers}


class ExampleForm(SeenForm):
    """A picture that shows what a reason means."""

    subject = forms.ModelChoiceField(
        label=_("Whose picture it is"),
        queryset=Subject.objects.none(),
        to_field_name="slug",
        empty_label=None,
        help_text=_("It is shown as long as their consent allows it."),
    )
    number = forms.IntegerField(
        label=_("Number of their picture"), required=False, min_value=1, max_value=2**31 - 1
    )
    picture = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,  # the use case says why it is refused
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )
    is_good = forms.ChoiceField(
        label=_("What to do with such a picture"),
        choices=[(each.value, each.label) for each in (Verdict.REJECT, Verdict.KEEP)],
        initial=Verdict.REJECT.value,
        widget=forms.RadioSelect,
    )
    caption_zh = forms.CharField(label=_("What is to be seen, Chinese"), max_length=200)
    caption_en = forms.CharField(label=_("What is to be seen, English"), max_length=200)

    def __init__(
        self, *args: Any, subjects: Iterable[Subject], shows_reason: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = subjects  # type: ignore[attr-defined]  # of a ModelChoiceField
        if not shows_reason:
            del self.fields["is_good"]

    def clean_is_good(self) -> bool:
        """Whether it is kept."""
        return bool(self.cleaned_data["is_good"] == Verdict.KEEP)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if bool(given.get("number")) == bool(given.get("picture")):
            raise forms.ValidationError(_("Give either the number of a picture or a file."))
        return given
