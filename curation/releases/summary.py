"""The table people know a set by: name, number of valid samples, source."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from curation.releases.manifest import Entry

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The wide ones too: a Chinese or Japanese Excel takes them for the narrow ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SummaryRow:
    """How many images came from one source, or from the same few sources at once."""

    sources: tuple[str, ...]
    num_images: int

    @property
    def label(self) -> str:
        return " + ".join(self.sources)


def summarise(entries: Iterable[Entry]) -> list[SummaryRow]:
    """A row for each set of sources, the largest first. Every image counts once."""
    counted = Counter(entry.sources for entry in entries)
    rows = [SummaryRow(sources=sources, num_images=num) for sources, num in counted.items()]
    return sorted(rows, key=lambda row: (-row.num_images, row.sources))


def summary_csv(name: str, entries: Iterable[Entry]) -> bytes:
    """The table as CSV, with the mark that lets a spreadsheet read its Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["name", "valid_samples", "source"])
    for row in summarise(entries):
        writer.writerow([_text_cell(name), row.num_images, _text_cell(row.label)])
    return text.getvalue().encode("utf-8-sig")


def _text_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula, whatever somebody called a source.

    The apostrophe is what OWASP advises (CSV Injection); it stays visible in Excel.
    """
    return f"'{text}" if text.startswith(_BEGIN_FORMULAS) else text
