"""What an organiser says about files they send. The files go another way: see `upload.py`."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from curation.sources.add_source import MAX_LABEL_LENGTH
from curation.sources.asking import Question
from curation.sources.encodings import Encoding
from curation.sources.film_settings import (
    EVERY,
    LEAST_EVERY,
    LEAST_MIN_FACE,
    MIN_FACE,
    MOST_EVERY,
    MOST_MIN_FACE,
    FilmSettings,
)
from curation.sources.kinds.url_list import MAX_LIST_BYTES


class AskedOfNewSources(forms.CharField):
    """Optional only where the source has said it before."""

    needed_when = _("for a new source")


class SourceForm(forms.Form):
    """Where pictures come from, and why they may be kept."""

    label = forms.CharField(
        label=_("Source"),
        max_length=MAX_LABEL_LENGTH,
        help_text=_("What you call the place they come from, such as weibo or scans."),
        widget=forms.TextInput(attrs={"list": "labels", "autocomplete": "off"}),
    )
    licence_note = AskedOfNewSources(
        label=_("Licence or basis"),
        max_length=2000,
        required=False,
        help_text=_(
            "Under which licence, or on what basis, they may be kept: CC BY 4.0, or that the "
            "person gave them to you. Needed once for each source."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class UploadForm(SourceForm):
    split_folders = forms.BooleanField(
        label=_("Make each sub-folder a source"),
        required=False,
        help_text=_("Named like the folder. Files in no sub-folder go to the source above."),
    )


class WebForm(SourceForm):
    """A list of web addresses, typed or as a file."""

    prefix = "web"

    addresses = forms.CharField(
        label=_("Addresses of pictures, packs and films, one a line"),
        required=False,
        help_text=_(
            "Or a table with the headings url, page, licence and note; all but url may be missing."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("or a file with them"), required=False, help_text=_("Text or CSV.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("addresses")) == bool(cleaned.get("file")):
            raise forms.ValidationError(_("Give addresses, or a file with them."))
        return cleaned

    def listed(self) -> dict[str, Any]:
        """What `start_web_import` takes."""
        cleaned = self.cleaned_data
        file = cleaned["file"]
        return {
            "label": cleaned["label"],
            "licence_note": cleaned["licence_note"],
            "listed": file.read(MAX_LIST_BYTES + 1) if file else cleaned["addresses"].encode(),
            "name": file.name if file else "",
        }


class BucketForm(SourceForm):
    """A place in one of the buckets that may be imported from."""

    prefix = "bucket"

    bucket = forms.ChoiceField(label=_("Bucket"))
    under = forms.CharField(
        label=_("Prefix"),
        required=False,
        strip=False,
        max_length=1024,
        help_text=_("What the keys begin with, such as photos/2026/. Blank takes all of them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(bucket, bucket) for bucket in settings.IMPORT_S3_BUCKETS]
        cast("forms.ChoiceField", self.fields["bucket"]).choices = choices

    def place(self) -> dict[str, Any]:
        """What `start_bucket_import` takes."""
        cleaned = dict(self.cleaned_data)
        return {"prefix": cleaned.pop("under"), **cleaned}


LANGUAGES = {
    Encoding.GBK: _("Simplified Chinese"),
    Encoding.BIG5: _("Traditional Chinese"),
    Encoding.SHIFT_JIS: _("Japanese"),
    Encoding.EUC_KR: _("Korean"),
    Encoding.CP1252: _("Western European"),
}
"""What is written in each encoding, for people."""


class AnswerForm(forms.Form):
    """What a person says of the packs of an import that asks."""

    password = forms.CharField(required=False, strip=False)
    without_locked = forms.BooleanField(required=False)

    def __init__(self, question: Question, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keys = [each.key for each in question.names]
        for each in question.names:
            self.fields[f"names_{each.key}"] = forms.TypedChoiceField(
                choices=[(encoding.value, encoding.value) for encoding in each.possible],
                coerce=Encoding,
            )

    def answers(self) -> dict[str, Any]:
        """What `answer_import` takes."""
        return {
            "encodings": {key: self.cleaned_data[f"names_{key}"] for key in self._keys},
            "password": self.cleaned_data["password"],
            "without_locked": self.cleaned_data["without_locked"],
        }


class FilmForm(forms.Form):
    """Which frames of the films among the files become pictures."""

    every = forms.IntegerField(
        label=_("Frames for each picture"),
        initial=EVERY,
        required=False,
        min_value=LEAST_EVERY,
        max_value=MOST_EVERY,
        help_text=_("The sharpest around each one is kept. A second has 25 frames or so."),
    )
    min_face = forms.IntegerField(
        label=_("Smallest face, in pixels"),
        initial=MIN_FACE,
        required=False,
        min_value=LEAST_MIN_FACE,
        max_value=MOST_MIN_FACE,
        help_text=_("Frames on which no face is so large are left out."),
    )
    subject_only = forms.BooleanField(
        label=_("Only frames with the subject"),
        required=False,
        help_text=_("Recognised by the portraits; side faces may be missed."),
    )

    @property
    def settings(self) -> FilmSettings:
        """What was said, and what is usual where nothing was; only once the form is valid."""
        said = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return FilmSettings(**said)
