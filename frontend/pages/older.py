"""One page of a list that is read from the newest on, found by key and not by counting."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

ON_ONE_PAGE = 50

Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], request: HttpRequest) -> dict[str, Any]:
    """`rows` and, where there are older ones, `older`: the id to ask for `?before=`.

    However long the list is, a page reads one row more than it shows.
    """
    before = request.GET.get("before", "")
    if re.fullmatch(r"[0-9]{1,18}", before):
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: ON_ONE_PAGE + 1])
    shown = found[:ON_ONE_PAGE]
    return {"rows": shown, "older": shown[-1].pk if len(found) > len(shown) else None}
