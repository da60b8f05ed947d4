"""What the database keeps beside the rows: each index is written with every row."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

OURS = ("config", "frontend", "curation", "training")


def test_no_index_is_the_beginning_of_another() -> None:
    """The longer one finds rows by its first fields just as well."""
    spare = {
        f"{model.__name__}: {', '.join(short)} is the beginning of {', '.join(long)}"
        for model in apps.get_models()
        if model.__module__.startswith(OURS)
        for short in set(indexes_of(model))
        for long in set(indexes_of(model))
        if len(short) < len(long) and long[: len(short)] == short
    }
    assert spare == set()


def indexes_of(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    """The fields of each index over all rows, in their order."""
    for field in model._meta.local_fields:
        if field.db_index or field.unique:
            yield (field.name,)
    for index in model._meta.indexes:
        if index.condition is None and index.fields:
            yield tuple(index.fields)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            yield constraint.fields or tuple(named(each) for each in constraint.expressions)


def named(expression: models.expressions.Combinable) -> str:
    """The field that an expression of an index is; its text, if it is more than a field."""
    return expression.name if isinstance(expression, models.F) else str(expression)
