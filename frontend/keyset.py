"""Pages of a long list by the key of their first row, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from frontend.numbers import number_in

START = "from"
"""The parameter that names the first row's key."""

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPage(Generic[Row]):
    """Some rows of a list, and where the pages beside them begin."""

    rows: Sequence[Row]
    before: int | None
    """The key that the page before begins with, None on the first page."""
    after: int | None

    @property
    def has_others(self) -> bool:
        return self.before is not None or self.after is not None


def key_page(request: HttpRequest, rows: QuerySet[Row], *, key: str, size: int) -> KeyPage[Row]:
    """The page of `rows` that the request asks for, by `key`, a column that no two rows share.

    Two queries, wherever the page is. An address that names no number leads to the first page.
    """
    start = number_in(request.GET.get(START, "")) or 0
    listed = list(rows.filter(**{f"{key}__gte": start}).order_by(key)[: size + 1])
    after: Any = getattr(listed[size], key) if len(listed) > size else None
    earlier = rows.filter(**{f"{key}__lt": start}).order_by(f"-{key}")
    # The first page has none before it; asked for, it would be looked for in vain.
    befores = list(earlier.values_list(key, flat=True)[:size]) if start else []
    return KeyPage(rows=listed[:size], before=befores[-1] if befores else None, after=after)
