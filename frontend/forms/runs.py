"""The form that asks for a new run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from curation.projects.models import Project
from curation.releases.models import Release
from curation.releases.selectors import releases_in
from curation.subjects.gate import covered
from curation.subjects.models import Act
from frontend.forms.settings import setting_field
from training.engine.models.catalogue import CATALOGUE
from training.engine.run.config import RunConfig
from training.runs.readers_language import in_readers_language


class ReleaseSelect(forms.Select):
    """A list in which releases that must not be trained on are seen but cannot be chosen."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        release = getattr(value, "instance", None)
        if release is not None and not release.may_train:
            option["attrs"]["disabled"] = True
        return option


class ReleaseField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of one release of the project, labelled with subject, number and size."""

    widget = ReleaseSelect

    def label_from_instance(self, obj: Any) -> str:
        values = {"subject": obj.subject.name, "number": obj.number, "count": obj.num_images}
        if obj.may_train:
            return gettext("%(subject)s · release %(number)d · %(count)d images") % values
        return (
            gettext("%(subject)s · release %(number)d – consent does not cover training") % values
        )


class RunForm(forms.Form):
    """Two releases, a model, and how long and how much at once."""

    release_a = ReleaseField(
        queryset=Release.objects.none(),
        label=_("Release A"),
        empty_label=_("Choose a release"),
        help_text=_("The person in the footage: pose and expression are kept."),
    )
    release_b = ReleaseField(
        queryset=Release.objects.none(),
        label=_("Release B"),
        empty_label=_("Choose a release"),
        help_text=_("The person whose face is swapped in. It must be somebody else than A."),
    )
    model = setting_field(
        RunConfig,
        "model",
        choices=[(name, in_readers_language(entry.about)) for name, entry in CATALOGUE.items()],
        widget=forms.RadioSelect,
    )
    # Few enough that a first run on a CPU ends: who has a GPU asks for more.
    steps = setting_field(RunConfig, "steps", initial=200)
    batch_size = setting_field(RunConfig, "batch_size")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        releases = releases_in(project).annotate(may_train=covered(Act.TRAIN, subject="subject"))
        for name in ("release_a", "release_b"):
            self.fields[name].queryset = releases  # type: ignore[attr-defined]

    def usual_models(self) -> list[BoundWidget]:
        """The models that most runs take, each as a radio button."""
        return [each for each in self["model"] if CATALOGUE[each.data["value"]].is_usual]

    def other_models(self) -> list[BoundWidget]:
        """All other models."""
        return [each for each in self["model"] if not CATALOGUE[each.data["value"]].is_usual]

    def has_other_model(self) -> bool:
        """Whether one of those is chosen, so that it must be in view."""
        entry = CATALOGUE.get(self["model"].value())
        return entry is not None and not entry.is_usual
