"""One page of a list that is read from the newest on, found by key and not by counting."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from frontend.numbers import number_in

ON_ONE_PAGE = 50

Row = TypeVar("Row", bound=Model)


def page_of(rows: QuerySet[Row], request: HttpRequest) -> dict[str, Any]:
    """`rows`; `older`, the id to ask for `?before=` where there are older ones; and `query`.

    That is what else was asked for, to be asked for again. However long the list is, a page reads
    one row more than it shows.
    """
    before = number_in(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: ON_ONE_PAGE + 1])
    shown = found[:ON_ONE_PAGE]
    asked = request.GET.copy()
    asked.pop("before", None)
    return {
        "rows": shown,
        "query": asked.urlencode(),
        "older": shown[-1].pk if len(found) > len(shown) else None,
    }
