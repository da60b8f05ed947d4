"""An act and a withdrawal at the same moment: one of them is first, whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from curation.projects.models import ActionLog, User
from curation.subjects.add_portrait import add_portrait
from curation.subjects.gate import ConsentMissing, require_consent
from curation.subjects.models import Act, Consent, Portrait, Subject
from curation.subjects.withdraw_consent import withdraw_consent
from tests.conftest import picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], None]) -> None:
    """Run the acts at once, each in a thread with a connection of its own."""
    failures: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as failure:  # noqa: BLE001, raised again below
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Statements:
    """What a thread asks of the database; an execute wrapper of its connection."""

    def __init__(self) -> None:
        self._asked_at: float | None = None

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self._asked_at = time.monotonic()
        try:
            return execute(*arguments)
        finally:
            self._asked_at = None

    def one_waits(self) -> bool:
        """Whether the database has not answered for so long that it must wait for somebody."""
        asked_at = self._asked_at
        return asked_at is not None and time.monotonic() - asked_at > 0.1


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def test_a_withdrawal_waits_for_an_act_that_passed_the_gate(subject: Subject, admin: User) -> None:
    passed = threading.Event()
    withdrawing = Statements()
    order: list[str] = []

    def act() -> None:
        with transaction.atomic():
            require_consent(subject, Act.CURATE)
            passed.set()
            wait_until(lambda: withdrawing.one_waits() or bool(order))
            Portrait.objects.create(subject=subject, sha256="0" * 64)
            order.append("act is done")

    def withdraw() -> None:
        assert passed.wait(timeout=30)
        with connection.execute_wrapper(withdrawing):
            withdraw_consent(consent=Consent.objects.get(), actor=admin)
        order.append("withdrawn")
        assert Portrait.objects.filter(subject=subject).exists()

    together(act, withdraw)
    assert order == ["act is done", "withdrawn"]


def test_an_act_waits_for_a_withdrawal_and_is_refused(subject: Subject, admin: User) -> None:
    withdrawing = threading.Event()
    asking = Statements()
    outcome: list[str] = []

    def withdraw() -> None:
        with transaction.atomic():
            withdraw_consent(consent=Consent.objects.get(), actor=admin)
            withdrawing.set()
            wait_until(lambda: asking.one_waits() or bool(outcome))

    def act() -> None:
        assert withdrawing.wait(timeout=30)
        try:
            with connection.execute_wrapper(asking), transaction.atomic():
                require_consent(subject, Act.CURATE)
            outcome.append("let through")
        except ConsentMissing:
            outcome.append("refused")

    together(withdraw, act)
    assert outcome == ["refused"]


def test_nothing_comes_in_after_a_withdrawal_however_they_race(
    subject: Subject, admin: User, organiser: User
) -> None:
    start = threading.Barrier(5, timeout=30)

    def bring_in(seed: int) -> Callable[[], None]:
        pictures = [picture_bytes(seed * 100 + number) for number in range(8)]

        def act() -> None:
            start.wait()
            for data in pictures:
                try:
                    add_portrait(subject=subject, data=data, name="x.png", actor=organiser)
                except ConsentMissing:
                    return

        return act

    def withdraw() -> None:
        start.wait()
        wait_until(Portrait.objects.exists)
        withdraw_consent(consent=Consent.objects.get(), actor=admin)

    together(*(bring_in(seed) for seed in range(4)), withdraw)
    withdrawn = ActionLog.objects.get(action="consent.withdraw")
    assert not ActionLog.objects.filter(action="subject.add_portrait", pk__gt=withdrawn.pk).exists()
    with pytest.raises(ConsentMissing):
        add_portrait(subject=subject, data=picture_bytes(9), name="x.png", actor=organiser)


def test_two_admins_withdraw_the_same_consent_once(subject: Subject, admin: User) -> None:
    consent = Consent.objects.get()
    start = threading.Barrier(4, timeout=30)

    def withdraw() -> None:
        start.wait()
        withdraw_consent(consent=consent, actor=admin)

    together(*[withdraw] * 4)
    assert ActionLog.objects.filter(action="consent.withdraw").count() == 1
