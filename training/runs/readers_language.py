"""The engine's words, which know no Django, in the language of whoever reads them."""

from __future__ import annotations

from django.utils.functional import lazy

from curation import languages
from training.engine.phrasing import Bilingual


def _translated(text: Bilingual) -> str:
    return languages.in_readers_language(en=text.en, zh=text.zh)


in_readers_language = lazy(_translated, str)
"""Gives the words when they are shown, as gettext_lazy does."""
