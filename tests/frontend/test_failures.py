"""What is no fault of the code is a refusal: nobody gets a 500 for what they send, or when."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection, connections, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from config.web import limits
from frontend.failures import NoRoom, Unavailable, refusal_of
from tests.frontend.test_permissions import RULES
from tests.stories.everything import Rank, World, address_of

HUGE = 10**19 - 1
NASTY = {
    "a NUL": "a\x00b",
    "half a character": "\ud800",
    "a character of four bytes": "😀\U0010ffff",
    "text that turns around": "\u202e\u2066\ufeff",
    "markup": "'\"><script>{{ 7 }}</script>{% now %}",
    "a number of 19 digits": str(HUGE),
    "a number of 4,400 digits": "9" * 4400,
    "no number": "-1.5e999",
    "a long text": "长" * 300,
    "nothing": "",
}
FAST = {"a NUL", "half a character"}
"""These broke most; the others are asked by the slow tests."""


def names_of_fields(client: Client, world: World) -> set[str]:
    """Every field that any page of this person asks for."""
    names = {"page", "after", "order", "state", "q", "next", "client_key", "number", "token"}
    for route, rules in RULES.items():
        if any(rule.method == "get" for rule in rules):
            answer = client.get(address_of(route, world.ids))
            if answer.get("Content-Type", "").startswith("text/html"):
                names |= set(re.findall(r'\bname="([\w-]+)"', answer.content.decode()))
    return names - {"csrfmiddlewaretoken"}


def ask_everything(client: Client, world: World, value: str, names: set[str]) -> list[str]:
    """Send the value in each field of each route; what broke, as lines."""
    sent = dict.fromkeys(sorted(names), value)
    broken = []
    for route, rules in RULES.items():
        address = address_of(route, world.ids)
        for rule in rules:
            data: dict[str, Any] = {"QUERY_STRING": _query(sent)}
            if rule.method in {"post", "put"} and address.startswith("/api/"):
                data |= {
                    "data": json.dumps((rule.body or {}) | sent),
                    "content_type": "application/json",
                }
            elif rule.method in {"post", "put"}:
                written = {name: value.encode("utf-8", "surrogatepass") for name in sent}
                data |= {
                    "data": encode_multipart(BOUNDARY, written),
                    "content_type": MULTIPART_CONTENT,
                }
            with transaction.atomic():
                answer = client.generic(rule.method.upper(), address, **data)
                if answer.status_code >= 500:
                    broken.append(f"{rule.method} {route}: {answer.status_code}")
                transaction.set_rollback(True)
    return broken


def _query(sent: dict[str, str]) -> str:
    from urllib.parse import quote  # noqa: PLC0415

    return "&".join(
        f"{name}={quote(value.encode('utf-8', 'surrogatepass')[:200])}"
        for name, value in sent.items()
    )


FUZZED = [
    pytest.param(
        rank,
        value,
        id=f"{rank.name} {name}",
        marks=() if rank == Rank.ADMIN and name in FAST else pytest.mark.slow,
    )
    for rank in (Rank.HOLDER, Rank.ADMIN)
    for name, value in NASTY.items()
]


@pytest.mark.parametrize(("rank", "value"), FUZZED)
def test_no_text_in_any_field_of_any_route_breaks_it(world: World, rank: Rank, value: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[rank])
    assert ask_everything(client, world, value, names_of_fields(client, world)) == []


@pytest.mark.parametrize("rank", [Rank.NOBODY, Rank.HOLDER, Rank.ADMIN])
def test_no_number_in_an_address_is_too_large(world: World, rank: Rank) -> None:
    client = Client(raise_request_exception=False)
    if rank in world.people:
        client.force_login(world.people[rank])
    ids = {key: HUGE if isinstance(value, int) else value for key, value in world.ids.items()}
    broken = []
    for route, rules in RULES.items():
        for rule in rules:
            sent = {"data": json.dumps(rule.body or {}), "content_type": "application/json"}
            with transaction.atomic():
                answer = client.generic(rule.method.upper(), address_of(route, ids), **sent)
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                broken.append(f"{rule.method} {route}: {answer.status_code}")
    assert broken == []


VOTES = {
    "deep": '{"reasons": ' + "[" * 20_000 + "]" * 20_000 + "}",
    "deep objects": '{"a":' * 9_000 + "1" + "}" * 9_000,
    "half a character": '{"verdict": "\\ud800", "reasons": ["\\udfff"], "client_key": "\\ud800"}',
    "half a character as a name": '{"\\ud800": 1}',
    "a NUL": '{"verdict": "keep\\u0000", "reasons": ["\\u0000"], "client_key": "\\u0000"}',
    "a huge number": '{"verdict": ' + "9" * 6_000 + "}",
    "no number": '{"verdict": NaN, "reasons": Infinity}',
    "a list": "[[]]",
    "a text": '"keep"',
    "nothing": "",
    "no UTF-8": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("body", VOTES.values(), ids=VOTES)
def test_a_vote_in_strange_json_is_refused(world: World, body: str | bytes) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[Rank.HOLDER])
    assert len(body) <= limits.API_BYTES
    answer = client.put(address_of("api_vote", world.ids), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json().keys() == {"code", "message", "context"}


@pytest.mark.parametrize("cookie", ["sessionid", "timezone", "csrftoken", "django_language"])
def test_a_nul_in_a_cookie_only_signs_out(db: None, cookie: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies[cookie] = "abcdefgh\x00ijkl"
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/").status_code == 302


def test_a_nul_in_an_address_is_refused(db: None) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/invitations/a%00b/").status_code == 400
    assert client.get("/accounts/login/?next=%00").status_code == 400


# The database is away


@contextmanager
def locked_database() -> Iterator[None]:
    """Somebody else writes and does not end, and we wait for a tenth of a second."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()
        connection.close()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own lock")
@pytest.mark.django_db(transaction=True)
def test_a_vote_on_a_locked_database_may_be_sent_again(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[Rank.HOLDER])
    vote = {"verdict": "keep", "reasons": [], "client_key": str(uuid.uuid4())}
    address = address_of("api_vote", world.ids)
    with locked_database():
        answer = client.put(address, vote, content_type="application/json")
        page = client.post("/language/", {"language": "en"})
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["code"] == "unavailable"
    assert page.status_code == 503
    assert page["Retry-After"] == "5"
    assert "Nothing was changed" in page.content.decode()
    assert "什么都没有改动" in page.content.decode()
    assert client.put(address, vote, content_type="application/json").status_code == 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's connections")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_a_503_once_and_then_all_is_well(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[Rank.HOLDER])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    other = connections["default"].copy("other")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
    other.close()
    other.close_pool()
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    connection.close()
    assert client.get("/").status_code == 200


def caused_by(cause: BaseException) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("from SQLite")
    error.sqlite_errorcode = code
    return error


def test_what_passes_and_what_must_be_mended_are_told_apart() -> None:
    assert isinstance(refusal_of(caused_by(sqlite_error(sqlite3.SQLITE_BUSY))), Unavailable)
    assert isinstance(refusal_of(caused_by(sqlite_error(sqlite3.SQLITE_FULL))), NoRoom)
    assert isinstance(refusal_of(caused_by(OSError("connection refused"))), Unavailable)
    assert refusal_of(caused_by(sqlite_error(sqlite3.SQLITE_ERROR))) is None  # no such table
    assert refusal_of(OverflowError("somewhere else")) is None
    assert refusal_of(ValueError("a mistake")) is None
    refusal = refusal_of(DataError("integer out of range"))
    assert refusal is not None
    assert refusal.status == 400
