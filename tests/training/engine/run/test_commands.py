"""People can ask a trainer for things, one after the other, by file or by signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.engine.run_folders import ROOT
from tests.training.engine.saved import CONFIG
from training.engine.errors import CommandWrong, ConfigWrong
from training.engine.run.commands import (
    CHANGEABLE,
    PendingRequests,
    Requests,
    checked_command,
    clear,
    main,
    send,
)
from training.engine.run.config import RunConfig
from training.engine.run.settings import settings_of


def test_what_is_asked_is_done_once(tmp_path: Path) -> None:
    send(tmp_path, "save")
    send(tmp_path, "preview")
    requests = Requests(tmp_path)

    pending = requests.poll()
    assert (pending.save, pending.preview, pending.stop) == (True, True, False)
    pending = requests.poll()
    assert (pending.save, pending.preview, pending.stop) == (False, False, False)
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


def test_nonsense_in_the_folder_is_refused_and_the_rest_obeyed(tmp_path: Path) -> None:
    send(tmp_path, "save")
    (tmp_path / "commands" / "0.json").write_text("{")
    (tmp_path / "commands" / "1.json").write_text('{"command": "explode"}')
    pending = Requests(tmp_path).poll()
    assert pending.save
    assert len(pending.refused) == 2
    assert "0.json is not a readable command" in pending.refused[0]
    assert "give one of save, preview, stop, set" in pending.refused[1]


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


def test_of_two_settings_the_later_one_is_obeyed(tmp_path: Path) -> None:
    send(tmp_path, "set", learning_rate=1e-4, batch_size=64)
    send(tmp_path, "set", batch_size=32)
    send(tmp_path, "set", learning_rate="quick")
    requests = Requests(tmp_path)
    pending = requests.poll()
    assert (pending.learning_rate, pending.batch_size) == (1e-4, 32)
    assert pending.refused == ['learning_rate must be a number from 1e-09 to 1, not "quick".']
    assert requests.poll() == PendingRequests()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"steps": 5},
        {"learning_rate": 0},
        {"learning_rate": 1.5},
        {"learning_rate": True},
        {"batch_size": 0},
        {"batch_size": 8.0},
        {"batch_size": 65_537},
        {"batch_size": None, "learning_rate": 1e-4},
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    send(tmp_path, "set", **asked)
    pending = Requests(tmp_path).poll()
    assert (pending.learning_rate, pending.batch_size, len(pending.refused)) == (None, None, 1)


@pytest.mark.parametrize("name", CHANGEABLE)
def test_what_can_be_set_is_what_a_run_can_begin_with(name: str) -> None:
    field = settings_of(RunConfig)[name]
    for value in (field.least, field.most):
        command = checked_command({"command": "set", name: value})
        assert getattr(CONFIG.changed(**{name: command[name]}), name) == value
    for value in (field.least * 0, field.most * 2):
        with pytest.raises(CommandWrong, match=name):
            checked_command({"command": "set", name: value})
        with pytest.raises(ConfigWrong, match=name):
            CONFIG.changed(**{name: value})


def test_what_is_asked_while_faces_are_prepared_is_not_forgotten(tmp_path: Path) -> None:
    send(tmp_path, "set", learning_rate=1e-3)
    send(tmp_path, "save")
    requests = Requests(tmp_path)
    assert not requests.stop_requested()
    send(tmp_path, "stop")
    assert requests.stop_requested()
    assert requests.poll() == PendingRequests(save=True, stop=True, learning_rate=1e-3)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["set"], "Say what to set: learning_rate=1e-5, batch_size=32, or both."),
        (["set", "model=dfl"], "Only learning_rate and batch_size can be set, not model."),
        (
            ["set", "batch_size=many"],
            'batch_size must be a whole number from 1 to 65536, not "many"',
        ),
        (["save", "batch_size=3"], "The command save takes no settings: leave out batch_size."),
    ],
)
def test_what_cannot_be_asked_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], sentence: str
) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert main([str(tmp_path), *asked]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "commands").exists()


def test_a_person_at_the_terminal_asks_by_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = str(tmp_path)
    assert main([run_dir, "save"]) == 2
    assert "is not a run folder" in capsys.readouterr().err
    (tmp_path / "config.json").write_text("{}")
    assert main([run_dir, "set", "learning_rate=1e-5", "batch_size=32"]) == 0
    assert main([run_dir, "preview"]) == 0
    assert main([run_dir, "set", "batch_size=many"]) == 2
    assert "batch_size must be a whole number" in capsys.readouterr().err
    assert main([run_dir, "save", "learning_rate=1e-5"]) == 2
    pending = Requests(tmp_path).poll()
    assert pending == PendingRequests(preview=True, learning_rate=1e-5, batch_size=32)


def test_who_only_talks_to_a_trainer_need_not_load_torch() -> None:
    """The web server sends commands and reads events; it must stay small."""
    modules = "commands, config, curves, events, lock"
    program = (
        f"import sys; from training.engine.run import {modules}; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
