"""The table people know a set by: name, number of valid samples, source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from curation.releases.manifest import Entry
from curation.spreadsheets import csv_pieces


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
    """The table as CSV, as spreadsheets read it."""
    rows = [(name, row.num_images, row.label) for row in summarise(entries)]
    return b"".join(csv_pieces([("name", "valid_samples", "source"), *rows]))
