"""What would go wrong later is said by `manage.py check`, with the cure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from config.checks import postgresql_is_well_used

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.fixture
def options() -> Iterator[dict[str, Any]]:
    """The connection's options, as they were again afterwards."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    yield options
    options.clear()
    options.update(before)


def test_postgresql_as_we_connect_to_it_needs_no_warning() -> None:
    assert postgresql_is_well_used(None, databases=["default"]) == []


def test_a_server_that_compiles_statements_is_named_with_the_cure() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = on")
    (warning,) = postgresql_is_well_used(None, databases=["default"])
    assert warning.id == "winnow.W003"
    assert "jit=off" in str(warning.hint)


def test_statements_that_are_planned_anew_are_named(options: dict[str, Any]) -> None:
    options["prepare_threshold"] = None
    (warning,) = postgresql_is_well_used(None, databases=["default"])
    assert warning.id == "winnow.W004"


def test_a_statement_is_prepared_from_its_third_time_on() -> None:
    def prepared() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%vote_by%"]
            )
            (num,) = cursor.fetchone()
        return int(num)

    for number in range(4):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int AS vote_by", [number])
    assert prepared() == 1
