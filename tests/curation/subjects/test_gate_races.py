"""An act and a withdrawal at the same moment: one of them is first, whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections, transaction

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


def test_a_withdrawal_waits_for_an_act_that_passed_the_gate(subject: Subject, admin: User) -> None:
    passed = threading.Event()
    order: list[str] = []

    def act() -> None:
        with transaction.atomic():
            require_consent(subject, Act.CURATE)
            passed.set()
            time.sleep(0.3)
            Portrait.objects.create(subject=subject, sha256="0" * 64)
            order.append("act is done")

    def withdraw() -> None:
        assert passed.wait(timeout=30)
        withdraw_consent(consent=Consent.objects.get(), actor=admin)
        order.append("withdrawn")
        assert Portrait.objects.filter(subject=subject).exists()

    together(act, withdraw)
    assert order == ["act is done", "withdrawn"]


def test_an_act_waits_for_a_withdrawal_and_is_refused(subject: Subject, admin: User) -> None:
    withdrawing = threading.Event()
    outcome: list[str] = []

    def withdraw() -> None:
        with transaction.atomic():
            withdraw_consent(consent=Consent.objects.get(), actor=admin)
            withdrawing.set()
            time.sleep(0.3)

    def act() -> None:
        assert withdrawing.wait(timeout=30)
        try:
            with transaction.atomic():
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
        time.sleep(0.05)
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
