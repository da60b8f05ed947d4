"""Forms of an offline pack: the zip that comes back, and what is confirmed of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.manual.models import ManualReason
from curation.manual.reasons import Reason
from curation.sources.problems import MAX_SENT_BYTES

LEAVE = "leave"


class ReturnForm(forms.Form):
    """The zip, whole or, where the browser has looked into it, only the parts that matter."""

    pack = forms.FileField(
        label=_("The pack as .zip"),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )
    layout = forms.CharField(required=False, max_length=200_000, widget=forms.HiddenInput)
    """`[length, [[offset, length], …]]` where `pack` holds just these parts of the zip."""

    def clean(self) -> dict[str, Any]:
        """Of what nobody types the mistakes stand above the form, where they are seen."""
        given = dict(self.cleaned_data)
        given["layout"] = _layout_in(given["layout"]) if given.get("layout") else None
        return given


def _layout_in(text: str) -> tuple[int, list[tuple[int, int]]]:
    try:
        length, parts = json.loads(text)
        pairs = [(int(offset), int(size)) for offset, size in parts]
        all_fit = 0 < length <= MAX_SENT_BYTES and all(
            offset >= 0 and size > 0 and offset + size <= length for offset, size in pairs
        )
    except (TypeError, ValueError, OverflowError, RecursionError):
        all_fit = False
    if not all_fit:
        raise forms.ValidationError(_("The zip cannot be read."))
    return int(length), pairs


class CastForm(forms.Form):
    """What the person says of the pictures that are gone, and which votes of theirs give way."""

    understood = forms.CharField(widget=forms.HiddenInput, max_length=200_000)
    gone_because = forms.ChoiceField(
        label=_("Why were the deleted pictures rejected?"),
        widget=forms.RadioSelect,
        required=False,
    )
    overwrite = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(
        self,
        *args: Any,
        reasons: Sequence[ManualReason],
        is_any_gone: bool,
        differing: Sequence[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        because = self.fields["gone_because"]
        because.required = is_any_gone
        because.choices = [  # type: ignore[attr-defined]  # a choice field
            *((each.code, f"{each.position} · {each.title}") for each in reasons),
            (LEAVE, _("For different reasons: do not vote, I judge them at the desk")),
        ]
        self.fields["overwrite"].choices = [(n, n) for n in differing]  # type: ignore[attr-defined]

    @property
    def because(self) -> Reason | None:
        chosen = self.cleaned_data["gone_because"]
        return Reason(chosen) if chosen and chosen != LEAVE else None
