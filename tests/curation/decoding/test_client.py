"""Files that kill their decoder: it is their problem, by its true name, and nobody else's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from curation.decoding import client
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.decoding.process import DecoderUnavailable
from curation.jobs import LeaseLost
from curation.vision.decode import Unreadable
from tests.stories.deeds import doze, fall_over, give_up, hoard, spin, stumble, whoever

ROOT = Path(__file__).resolve().parents[3]
LIMITS = Limits(seconds=10, megabytes=300)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems limit less")


def refusal(work: Callable[..., object], *arguments: object, limits: Limits = LIMITS) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        in_child(work, b"", *arguments, limits=limits)
    return caught.value


def has_gone(pid: int, *, within: float = 3) -> bool:
    """Whether a process has ended and nothing, not even a zombie, is left of it."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid):
            return True
        time.sleep(0.02)
    return False


def test_one_warm_child_serves_many_files() -> None:
    served_by = {in_child(whoever, b"x" * n, limits=LIMITS) for n in range(100)}

    assert len(served_by) == 1
    assert os.getpid() not in served_by


def test_a_file_of_many_megabytes_reaches_the_child_whole() -> None:
    assert in_child(len, bytes(50_000_000), limits=LIMITS) == 50_000_000


def test_servers_whose_sockets_do_not_wait_are_served_too() -> None:
    os.kill(in_child(whoever, b"", limits=LIMITS), signal.SIGKILL)
    socket.setdefaulttimeout(30)  # as under gevent, every new socket is one that does not wait
    try:
        assert in_child(len, bytes(50_000_000), limits=LIMITS) == 50_000_000
    finally:
        socket.setdefaulttimeout(None)


@on_linux
def test_memory_beyond_the_limit_is_that_files_problem() -> None:
    child = in_child(whoever, b"", limits=LIMITS)

    problem = refusal(hoard, 1000)

    assert (problem.code, problem.details) == ("too_much_memory", {"megabytes": 300})
    assert in_child(hoard, b"", 200, limits=LIMITS) == 200 * 2**20
    assert in_child(whoever, b"", limits=LIMITS) == child


def test_time_beyond_the_limit_is_that_files_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 60)  # the machine of the tests may be busy indeed
    child = in_child(whoever, b"", limits=LIMITS)

    problem = refusal(spin, limits=Limits(seconds=1, megabytes=300))

    assert (problem.code, problem.details) == ("too_slow", {"seconds": 1})
    assert has_gone(child)
    assert in_child(whoever, b"", limits=LIMITS) != child


def test_a_busy_machine_is_not_held_against_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 1)

    with pytest.raises(DecoderUnavailable):
        in_child(doze, b"", 30, limits=Limits(seconds=1, megabytes=300))

    assert in_child(len, b"four", limits=LIMITS) == 4


def test_a_crash_is_that_files_problem_and_the_next_file_is_served() -> None:
    assert refusal(fall_over).code == "crashed"
    assert in_child(len, b"four", limits=LIMITS) == 4


def test_what_nobody_thought_of_is_that_files_problem_and_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert refusal(stumble).code == "crashed"
    assert "nobody thought of this" in caplog.text


def test_a_child_that_was_killed_or_went_home_is_replaced() -> None:
    for end in (signal.SIGKILL, None):
        child = in_child(whoever, b"", limits=LIMITS)
        if end is None:
            assert refusal(give_up).code == "crashed", "twice"
        else:
            os.kill(child, end)
        assert in_child(whoever, b"", limits=LIMITS) != child
        assert has_gone(child)


def test_signals_meant_for_the_parent_leave_the_child_at_work() -> None:
    child = in_child(whoever, b"", limits=LIMITS)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(child, number)

    assert in_child(whoever, b"", limits=LIMITS) == child


def test_who_waits_may_change_their_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BEAT_SECONDS", 0.05)
    child = in_child(whoever, b"", limits=LIMITS)

    def lose() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        in_child(doze, b"", 30, limits=LIMITS, while_waiting=lose)

    assert has_gone(child)


def test_threads_take_turns_and_each_gets_its_own_answer() -> None:
    with ThreadPoolExecutor(8) as threads:
        lengths = list(threads.map(lambda n: in_child(len, bytes(n), limits=LIMITS), range(400)))

    assert lengths == list(range(400))


def test_threads_do_not_wait_long_behind_a_slow_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TURN_SECONDS", 0.2, raising=False)
    in_child(whoever, b"", limits=LIMITS)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(in_child, doze, b"", 2, limits=LIMITS)
        time.sleep(0.3)
        with pytest.raises(DecoderUnavailable):
            in_child(len, b"four", limits=LIMITS)
        assert not slow.done()
    assert in_child(len, b"four", limits=LIMITS) == 4


FORKING = """
import os, threading
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from tests.stories.deeds import doze, whoever

limits = Limits(seconds=10, megabytes=300)
first = in_child(whoever, b"", limits=limits)
threading.Thread(target=in_child, args=(doze, b"", 3), kwargs={"limits": limits}).start()
forked = os.fork()
if forked == 0:
    os._exit(0 if in_child(whoever, b"", limits=limits) != first else 1)
_, status = os.waitpid(forked, 0)
os._exit(os.waitstatus_to_exitcode(status))
"""


def test_a_process_forked_while_a_thread_decodes_has_a_child_of_its_own() -> None:
    script = subprocess.run([sys.executable, "-c", FORKING], cwd=ROOT, timeout=20, check=False)

    assert script.returncode == 0


PARENT = """
import threading
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from tests.stories.deeds import spin, whoever

limits = Limits(seconds=300, megabytes=300)
print(in_child(whoever, b"", limits=limits), flush=True)
if {busy}:
    in_child(spin, b"", limits=limits)
input()
"""


@on_linux
@pytest.mark.parametrize("busy", [True, False])
def test_no_child_outlives_a_parent_that_is_killed(busy: bool) -> None:  # noqa: FBT001, a case
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(busy=busy)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        assert psutil.pid_exists(child)

        parent.kill()

        assert has_gone(child)
