"""Form fields of the engine's settings, made from where each setting is defined."""

from __future__ import annotations

from typing import Any

from django import forms
from pydantic import BaseModel

from training.engine.run.settings import settings_of
from training.runs.readers_language import in_readers_language


def setting_field(model: type[BaseModel], key: str, **more: Any) -> forms.Field:
    """A field with the setting's label, help, limits and default; `more` goes before them."""
    field = settings_of(model)[key]
    words = {
        "label": in_readers_language(field.setting.title),
        "help_text": in_readers_language(field.setting.help),
        "initial": field.default,
    }
    if "choices" in more:
        return forms.ChoiceField(**{**words, **more})
    if field.annotation is bool:
        return forms.BooleanField(**{**words, "required": False, **more})
    if field.choices:
        by_text = {str(choice): choice for choice in field.choices}
        listed = {"choices": [(text, text) for text in by_text], "coerce": by_text.get}
        return forms.TypedChoiceField(**{**words, **listed, **more})
    if not field.span:
        return forms.CharField(**{**words, "required": False, **more})
    limits = {"min_value": field.least, "max_value": field.most}
    number = forms.IntegerField if field.annotation is int else forms.FloatField
    return number(**{**words, **limits, **more})
