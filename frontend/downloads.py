"""Answers that browsers keep as files."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpResponseBase

CSV = "text/csv; charset=utf-8"

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)


def as_download(response: AnyResponse, name: str) -> AnyResponse:
    """The same as a file called `name`, which no cache keeps."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
