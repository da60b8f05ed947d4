"""The forms of the site take what the engine takes, and say it in the reader's language."""

from __future__ import annotations

import math

import pytest
from django import forms
from django.utils import translation

from curation.projects.models import Project
from frontend.forms.runs import RunForm
from frontend.forms.settings import setting_field
from training.engine.convert.settings import ConvertSettings
from training.engine.models.catalogue import CATALOGUE
from training.engine.run.config import RunConfig
from training.engine.run.settings import RootSettings, SettingField, settings_of

FIELDS = [
    (model, field)
    for model in (RunConfig, ConvertSettings)
    for field in settings_of(model).values()
    if "*" not in field.key and (field.span or field.choices)
]


@pytest.mark.parametrize("case", FIELDS, ids=lambda case: case[1].key)
def test_a_form_field_takes_what_its_setting_takes(
    case: tuple[type[RootSettings], SettingField],
) -> None:
    model, field = case
    asked = setting_field(model, field.key)
    assert asked.initial == field.default
    if not field.span:
        for choice in field.choices:
            assert asked.clean(str(choice)) == choice
        return
    assert asked.clean(str(field.least)) == field.least
    assert asked.clean(str(field.most)) == field.most
    for outside in (
        math.nextafter(field.least, -math.inf) if field.annotation is float else field.least - 1,
        math.nextafter(field.most, math.inf) if field.annotation is float else field.most + 1,
        "many",
    ):
        with pytest.raises(forms.ValidationError):
            asked.clean(str(outside))


def test_the_form_of_a_run_has_the_engines_limits_and_models(project: Project) -> None:
    fields = RunForm(project=project).fields
    for name in ("steps", "batch_size"):
        field, known = fields[name], settings_of(RunConfig)[name]
        assert isinstance(field, forms.IntegerField)
        assert (field.min_value, field.max_value) == (known.least, known.most)
    model = fields["model"]
    assert isinstance(model, forms.ChoiceField)
    assert [value for value, _ in model.choices] == list(CATALOGUE)  # type: ignore[union-attr, misc]
    assert model.initial == settings_of(RunConfig)["model"].default


def test_words_are_in_the_readers_language(project: Project) -> None:
    form = RunForm(project=project)
    for language, label, beginning in (
        ("en", "Batch size", "Faces of each person per step"),
        ("zh-hans", "批大小", "每一步每人取多少张脸"),
    ):
        with translation.override(language):
            assert form["batch_size"].label == label
            assert str(form["batch_size"].help_text).startswith(beginning)
    with translation.override("zh-hans"):
        assert "输入输出 64 像素" in str(form["model"])
