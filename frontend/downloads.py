"""Answers that browsers keep as files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.http import HttpResponseBase, StreamingHttpResponse

from curation.spreadsheets import csv_pieces

CSV = "text/csv; charset=utf-8"

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)


def as_download(response: AnyResponse, name: str) -> AnyResponse:
    """The same as a file called `name`, which no cache keeps."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def as_table(rows: Iterable[Iterable[str | int]], name: str) -> StreamingHttpResponse:
    """The rows as a table called `name`, for spreadsheets."""
    return as_download(StreamingHttpResponse(csv_pieces(rows), content_type=CSV), name)
