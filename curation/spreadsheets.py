"""Tables as CSV, which spreadsheets read as what was written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The wide ones too: a Chinese or Japanese Excel takes them for the narrow ones."""
_ROWS_AT_ONCE = 500


def csv_pieces(rows: Iterable[Iterable[str | int]]) -> Iterator[bytes]:
    """The table in UTF-8, piece by piece, marked so that a spreadsheet reads its Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    for num, row in enumerate(rows, 1):
        writer.writerow(_text_cell(cell) if isinstance(cell, str) else cell for cell in row)
        if num % _ROWS_AT_ONCE == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _text_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula, whatever somebody called a source.

    The apostrophe is what OWASP advises (CSV Injection); it stays visible in Excel.
    """
    return f"'{text}" if text.startswith(_BEGIN_FORMULAS) else text
