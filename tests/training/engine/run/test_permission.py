"""A supervised trainer goes on only while somebody lets it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from training.engine.errors import PermissionLost, Stopped
from training.engine.run import permission
from training.engine.run.commands import Requests, send
from training.engine.run.permission import LIFE, Permission


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_holds_as_long_as_it_is_renewed_and_a_little_longer(tmp_path: Path) -> None:
    clock = Clock()
    seen = Permission(tmp_path, clock=clock)
    for _ in range(5):
        permission.renew(tmp_path)
        assert seen.is_given()
        clock.now += LIFE - 0.1
        assert seen.is_given()
    clock.now += 0.2
    assert not seen.is_given()
    permission.renew(tmp_path)
    assert seen.is_given()


def test_it_ends_at_once_when_it_is_taken_away(tmp_path: Path) -> None:
    seen = Permission(tmp_path)
    permission.renew(tmp_path)
    assert seen.is_given()
    permission.withdraw(tmp_path)
    assert not seen.is_given()
    permission.withdraw(tmp_path)


def test_an_old_one_that_lies_there_counts_for_nothing(tmp_path: Path) -> None:
    permission.renew(tmp_path)
    assert not Permission(tmp_path).is_given()


@pytest.mark.parametrize("hours", [-48, -1, 1, 48])
def test_clocks_that_jump_or_differ_make_no_difference(tmp_path: Path, hours: int) -> None:
    """The supervisor's clock is wrong by hours, or was set between two renewals."""
    clock = Clock()
    seen = Permission(tmp_path, clock=clock)
    permission.renew(tmp_path)
    assert seen.is_given()
    file = tmp_path / permission.FILE
    moved = file.stat().st_mtime + hours * 3600
    os.utime(file, (moved, moved))
    clock.now += LIFE - 1
    assert seen.is_given()
    clock.now += LIFE
    assert not seen.is_given()


def test_a_trainer_waits_for_the_first_renewal_and_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(permission, "LIFE", 0.3)
    with pytest.raises(PermissionLost, match="start the supervisor"):
        Requests(tmp_path).await_permission()


def test_a_stop_is_heard_while_it_waits(tmp_path: Path) -> None:
    send(tmp_path, "stop")
    with pytest.raises(Stopped):
        Requests(tmp_path).await_permission()


def test_who_needs_none_is_never_forbidden(tmp_path: Path) -> None:
    requests = Requests(tmp_path)
    assert not requests.poll().forbidden
    requests.require_permission()
