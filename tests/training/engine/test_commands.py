"""People can ask a trainer for things, one after the other, by file or by signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.engine.run_folders import ROOT
from training.engine.commands import Requests, clear, send


def test_what_is_asked_is_done_once(tmp_path: Path) -> None:
    send(tmp_path, "save")
    send(tmp_path, "preview")
    requests = Requests(tmp_path)

    wishes = requests.poll()
    assert (wishes.save, wishes.preview, wishes.stop) == (True, True, False)
    wishes = requests.poll()
    assert (wishes.save, wishes.preview, wishes.stop) == (False, False, False)
    assert not list((tmp_path / "commands").iterdir())


def test_a_stop_given_before_the_trainer_starts_waits_for_it(tmp_path: Path) -> None:
    send(tmp_path, "stop")
    requests = Requests(tmp_path)
    assert requests.poll().stop
    assert requests.poll().stop


def test_taken_back_commands_do_nothing(tmp_path: Path) -> None:
    send(tmp_path, "stop")
    clear(tmp_path)
    assert not Requests(tmp_path).poll().stop


def test_nonsense_in_the_folder_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send(tmp_path, "save")
    (tmp_path / "commands" / "0.json").write_text("{")
    (tmp_path / "commands" / "1.json").write_text('{"command": "explode"}')
    assert Requests(tmp_path).poll().save
    assert len(refused) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_is_a_wish_to_stop(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    requests = Requests(None)
    with requests.listening():
        assert not requests.poll().stop
        os.kill(os.getpid(), number)
        assert requests.poll().stop
    assert signal.getsignal(number) is before


def test_a_command_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "commands").mkdir()
    unfinished = tmp_path / "commands" / ".17-abc.4711.partial.json"
    unfinished.write_text('{"comm')
    assert not Requests(tmp_path).poll().save
    assert unfinished.exists()


def test_who_only_talks_to_a_trainer_need_not_load_torch() -> None:
    """The web server sends commands and reads events; it must stay small."""
    modules = "commands, config, events, lock"
    program = f"import sys; from training.engine import {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
