"""Short names in addresses, made from the names that people give."""

from __future__ import annotations

from collections.abc import Container

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from curation.errors import InvalidInput

RESERVED = frozenset({"new"})
"""Words that stand for a page of ours in the place of a slug."""

LONGEST = 40
"""Leaves room for a counter in the column's 50 characters."""


def choose_slug(*, wanted: str, name: str, taken: Container[str], otherwise: str) -> str:
    """The slug that was asked for, else a free one made from `name`.

    A name without Latin letters gives none, so `otherwise` is numbered instead.
    Raises InvalidInput when the wanted one cannot be used or is taken.
    """
    if wanted:
        if wanted in RESERVED or slugify(wanted) != wanted:
            raise InvalidInput(
                _("“%(slug)s” cannot be used in an address. Use a–z, 0–9 and hyphens.")
                % {"slug": wanted}
            )
        if wanted in taken:
            raise InvalidInput(_("The address “%(slug)s” is taken.") % {"slug": wanted})
        return wanted
    stem = slugify(name)[:LONGEST].strip("-") or otherwise
    slug, counter = stem, 1
    while slug in taken or slug in RESERVED:
        counter += 1
        slug = f"{stem}-{counter}"
    return slug
