"""Rows by the hundred thousand."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.db import models

AT_ONCE = 2000
"""Rows that one statement writes."""

_Row = TypeVar("_Row", bound=models.Model)


def write(kind: type[_Row], rows: Iterable[_Row]) -> Iterator[_Row]:
    """Write the rows some thousands at a time, and give them back with their keys."""
    manager: Any = kind._default_manager
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, AT_ONCE)):
        yield from manager.bulk_create(some)


def write_all(kind: type[_Row], rows: Iterable[_Row]) -> None:
    """The same where nobody needs the keys."""
    for _row in write(kind, rows):
        pass
