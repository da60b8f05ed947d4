"""Words that are kept in both languages, for whoever reads them."""

from __future__ import annotations

from django.utils.translation import get_language


def in_readers_language(*, en: str, zh: str) -> str:
    """The English or the Chinese, as the reader's language is now."""
    return zh if (get_language() or "").startswith("zh") else en
