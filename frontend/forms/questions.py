"""The form that answers a question about a picture."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from curation.questions.models import MOST_LETTERS


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who gets this picture sees the question with your answer."),
    )
