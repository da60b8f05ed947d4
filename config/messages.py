"""Finds every sentence of the site that needs a translation, without gettext's own tools."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import template as django_template

from config.env import ROOT
from curation.files import whole_file

CATALOG = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCE_FOLDERS = ("config", "curation", "training", "frontend", "templates")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def extract_template(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Babel's extraction method for Django templates, by way of Django's own template lexer."""
    python_like = django_template.templatize(fileobj.read().decode("utf-8"))
    flat = "\n".join(line.lstrip() for line in python_like.splitlines())
    yield from extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, options)


def found_messages() -> Catalog:
    """All messages in Python code and templates, with where they stand."""
    catalog = Catalog(locale="zh_Hans", domain="django", charset="utf-8", fuzzy=False)
    for folder in SOURCE_FOLDERS:
        rows = extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python"), ("**.html", "config.messages:extract_template")],
            keywords=KEYWORDS,
        )
        for path, line, message, comments, context in rows:
            place = [(str(Path(folder) / path), line)]
            catalog.add(message, locations=place, auto_comments=comments, context=context)
    return catalog


def read_catalog() -> Catalog:
    """The Chinese catalogue as it lies in the repository."""
    with CATALOG.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def update_catalog() -> None:
    """Add new messages to the catalogue, drop those that are gone. Never guesses a translation."""
    catalog = read_catalog() if CATALOG.exists() else Catalog(locale="zh_Hans", domain="django")
    catalog.update(found_messages(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with whole_file(CATALOG) as partial, partial.open("wb") as file:
        write_po(
            file, catalog, omit_header=False, include_lineno=False, width=100, sort_output=True
        )


def compile_catalog() -> None:
    """Write the .mo file that Django reads, whole or not at all."""
    with whole_file(CATALOG.with_suffix(".mo")) as partial, partial.open("wb") as file:
        write_mo(file, read_catalog())


def missing_translations() -> list[str]:
    """Messages of the site that the catalogue leaves without Chinese, as readable lines."""
    catalog = read_catalog()
    missing = []
    for message in found_messages():
        if not message.id:
            continue
        entry = catalog.get(message.id, context=message.context)
        given = entry.string if entry is not None else ""
        complete = all(given) if isinstance(given, tuple) else bool(given)
        if entry is None or entry.fuzzy or not complete:
            missing.append(f"{message.id!r} at {message.locations[0][0]}")
    return missing
