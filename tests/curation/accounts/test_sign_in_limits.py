"""Failed sign-ins are limited where they come from, and nobody is locked out by somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.core.internal.ratelimit import cache_lock, get_cache_key, get_rates
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from curation.accounts.adapter import FAILED_FROM_ADDRESS
from curation.accounts.models import AccountEvent, CacheEntry, Kind
from curation.projects.models import User
from tests.stories.people import PASSWORD

HOME, CAFE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def nina(db: None) -> User:
    return User.objects.create_user("nina", password=PASSWORD)


def gets_in(client: Client, address: str, *, name: str = "nina", password: str = PASSWORD) -> bool:
    """Whether signing in from this address leads anywhere."""
    given = {"login": name, "password": password}
    answer = client.post("/accounts/login/", given, REMOTE_ADDR=address)
    assert answer.status_code in {200, 302}
    if answer.status_code == 302:
        client.logout()
    return answer.status_code == 302


def fail(client: Client, address: str, *, name: str = "nina", times: int = 5) -> None:
    for _ in range(times):
        assert not gets_in(client, address, name=name, password="wrong")


def test_a_stranger_who_fails_for_a_name_locks_nobody_out(nina: User, client: Client) -> None:
    fail(client, CAFE, times=12)
    assert not gets_in(client, CAFE), "the guesser is refused even with the right password"
    assert gets_in(client, HOME), "nina is not"


def test_the_right_password_five_times_wrong_is_refused_and_said(
    nina: User, client: Client
) -> None:
    fail(client, HOME)
    given = {"login": "nina", "password": PASSWORD}
    page = client.post("/accounts/login/", given, REMOTE_ADDR=HOME, HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert "失败" in page.content.decode()
    assert "Too many" not in page.content.decode()


def test_other_spellings_of_a_name_count_for_the_same_person(nina: User, client: Client) -> None:
    for name in ("nina", "Nina", "NINA", "nINa", " nina "):
        fail(client, HOME, name=name, times=1)
    assert not gets_in(client, HOME)


def test_every_process_counts_the_same_failures(nina: User, client: Client) -> None:
    fail(client, CAFE)
    assert CacheEntry.objects.exists(), "counted where every process looks"


def test_ordinary_pages_ask_nothing_of_it(nina: User, client: Client) -> None:
    client.force_login(nina)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/").status_code == 200
    assert not [query for query in asked if "cache_entry" in query["sql"]]


def test_whoever_tries_many_names_is_refused_as_an_address(nina: User, client: Client) -> None:
    for n in range(30):
        fail(client, CAFE, name=f"guess{n}", times=1)
    assert not gets_in(client, CAFE)
    assert gets_in(client, HOME)


def test_neighbours_who_got_in_before_are_spared(nina: User, client: Client) -> None:
    assert gets_in(client, CAFE)
    for n in range(40):
        fail(client, CAFE, name=f"guess{n}", times=1)
    assert gets_in(client, CAFE)
    fail(client, CAFE)
    assert not gets_in(client, CAFE), "spared, but not from her own failures"


def test_forty_people_behind_one_address_sign_in_within_a_minute(db: None, client: Client) -> None:
    for n in range(40):
        User.objects.create_user(f"v{n}", password=PASSWORD)
    assert all(gets_in(client, CAFE, name=f"v{n}") for n in range(40))


def test_nobody_waits_while_failures_of_a_neighbour_are_counted(
    nina: User, client: Client, rf: RequestFactory
) -> None:
    limits = {"app": "allauth.account", "action": FAILED_FROM_ADDRESS}
    (rate,) = get_rates(**limits)
    counted = get_cache_key(rf.post("/", REMOTE_ADDR=CAFE), rate=rate, **limits)
    fail(client, CAFE, name="neighbour", times=1)
    assert len(cache.get(counted)) == 1
    with cache_lock(counted) as locked:
        assert locked
        assert gets_in(client, CAFE)


def test_ipv6_is_counted_by_the_64_that_one_visitor_has(nina: User, client: Client) -> None:
    for n in range(5):
        fail(client, f"2001:db8:1:2::{n + 1:x}", times=1)
    assert not gets_in(client, "2001:db8:1:2:ffff::9")
    assert gets_in(client, "2001:db8:1:3::1")


def test_ipv4_in_the_clothes_of_ipv6_is_counted_by_address(nina: User, client: Client) -> None:
    fail(client, f"::ffff:{CAFE}")
    assert not gets_in(client, CAFE)
    assert gets_in(client, f"::ffff:{HOME}")


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_only_as_many_proxies_are_believed_as_there_are(
    nina: User, client: Client, settings: Any, proxies: int
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    def through(forwarded: str, password: str) -> int:
        given = {"login": "nina", "password": password}
        header = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        return client.post("/accounts/login/", given, REMOTE_ADDR="10.0.0.1", **header).status_code

    chain = {0: "{}", 1: "6.6.6.6, {}", 2: "6.6.6.6, {}, 10.0.0.2"}[proxies]
    for _ in range(5):
        assert through(chain.format(CAFE), "wrong") == 200
    assert through(chain.format(CAFE), PASSWORD) == 200, "refused"
    forged = {0: HOME, 1: f"{HOME}, {CAFE}", 2: f"{HOME}, {CAFE}, 10.0.0.2"}[proxies]
    assert through(forged, PASSWORD) == 200, "a forged header is no other address"
    if proxies:
        assert through(chain.format(HOME), PASSWORD) == 302


def test_a_request_past_the_proxies_is_an_answer_and_no_crash(
    nina: User, client: Client, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    given = {"login": "nina", "password": PASSWORD}
    answer = client.post("/accounts/login/", given, HTTP_X_FORWARDED_FOR=HOME)
    assert answer.status_code == 302


def test_through_a_socket_file_there_is_no_address_and_signing_in_works(
    nina: User, client: Client
) -> None:
    assert gets_in(client, "")
    assert AccountEvent.objects.get(kind=Kind.SIGNED_IN).network == ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_forty_people_behind_one_address_at_the_same_moment_get_in() -> None:
    for n in range(40):
        User.objects.create_user(f"v{n}", password=PASSWORD)

    def sign_in(n: int) -> bool:
        try:
            return gets_in(Client(), CAFE, name=f"v{n}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(sign_in, range(40)))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_burst_of_guesses_gets_no_more_tries_than_a_row_of_them() -> None:
    User.objects.create_user("nina", password=PASSWORD)

    def guess(n: int) -> None:
        try:
            gets_in(Client(), CAFE, password=f"wrong {n}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(guess, range(15)))
    assert AccountEvent.objects.filter(kind=Kind.FAILED).count() <= 5
    assert not gets_in(Client(), CAFE)
