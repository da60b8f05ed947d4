"""The run page's API: what it tells to whom, and what its buttons do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from curation.projects.models import User
from curation.subjects.models import Subject
from curation.subjects.withdraw_consent import withdraw_consent
from training.engine.run.events import EVENTS_FILE, Reporter
from training.runs.models import Run, RunState
from training.runs.run_folder import folder_of

MakeRun = Callable[..., Run]


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    """A run in the middle of its training, as its trainer has told so far."""
    run = make_run(steps=200)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    folder = folder_of(run)
    (folder / "previews").mkdir(parents=True)
    (folder / "previews" / "preview.webp").write_bytes(b"RIFF faces")
    (folder / "previews" / "preview.mask.webp").write_bytes(b"RIFF veiled")
    reporter = Reporter(folder / EVENTS_FILE)
    reporter.report("started", step=0, device="cpu", parameters=1)
    for step in range(1, 31):
        reporter.report("loss", step=step, a=0.5, b=0.25, examples_per_second=16.0)
    reporter.report("preview", step=30, file="previews/00000030.webp")
    reporter.close()
    run.refresh_from_db()
    return run


@pytest.fixture
def read(client: Client, run: Run) -> Callable[..., Any]:
    """Reads from the run's API as somebody; gives status and body."""

    def get(person: User, path: str = "") -> tuple[int, Any]:
        client.force_login(person)
        answer = client.get(f"/api/v1/runs/{run.pk}{path}")
        return answer.status_code, answer.json()

    return get


@pytest.fixture
def press(client: Client, run: Run) -> Callable[..., Any]:
    """Presses one of the run's buttons as somebody; gives status and body."""

    def post(person: User, command: str) -> tuple[int, Any]:
        client.force_login(person)
        answer = client.post(f"/api/v1/runs/{run.pk}/{command}")
        return answer.status_code, answer.json()

    return post


def test_an_organiser_sees_how_the_run_stands_but_can_ask_nothing(
    read: Callable[..., Any], organiser: User
) -> None:
    status, answer = read(organiser)
    assert status == 200
    assert (answer["state"], answer["step"], answer["steps"], answer["device"]) == (
        *("running", 30, 200, "cpu"),
    )
    assert answer["examples_per_second"] == 16.0
    assert answer["preview_url"] == "/projects/fans/runs/1/preview.webp?step=30"
    assert answer["can"] == dict.fromkeys(("stop", "resume", "save", "preview"), False)
    assert answer["events"][0]["cause"] == "created"


def test_an_admin_can_ask(read: Callable[..., Any], admin: User) -> None:
    assert read(admin)[1]["can"] == {"stop": True, "resume": False, "save": True, "preview": True}


def test_losses_come_from_a_step_on(read: Callable[..., Any], organiser: User) -> None:
    status, answer = read(organiser, "/losses?after=28")
    assert status == 200
    assert answer == {
        "losses": [{"step": 29, "a": 0.5, "b": 0.25}, {"step": 30, "a": 0.5, "b": 0.25}]
    }
    assert read(organiser, "/losses?after=-1")[0] == 400


def test_the_buttons_do_what_they_say(
    press: Callable[..., Any], admin: User, run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert press(admin, "save")[0] == 202
        assert press(admin, "preview")[0] == 202
        status, answer = press(admin, "stop")
    assert (status, answer["state"], answer["can"]["stop"]) == (202, "stopping", False)
    given = sorted((folder_of(run) / "commands").glob("*.json"))
    commands = {json.loads(path.read_text())["command"] for path in given}
    assert commands == {"save", "preview", "stop"}
    assert press(admin, "resume")[1]["code"] == "run_not_resumable"


@pytest.mark.parametrize("command", ["stop", "resume", "save", "preview"])
def test_an_organiser_may_press_nothing(
    press: Callable[..., Any], organiser: User, run: Run, command: str
) -> None:
    status, answer = press(organiser, command)
    assert (status, answer["code"]) == (403, "not_allowed")
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


@pytest.mark.parametrize("path", ["", "/losses"])
def test_volunteers_and_strangers_learn_nothing(
    read: Callable[..., Any], volunteer: User, stranger: User, path: str
) -> None:
    assert read(volunteer, path)[0] == 403
    assert read(stranger, path)[0] == 404


def test_a_run_that_does_not_exist_is_not_found(client: Client, admin: User) -> None:
    client.force_login(admin)
    answer = client.get("/api/v1/runs/4711")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_preview_is_shown_to_those_who_may_and_not_sent_twice(
    client: Client, run: Run, organiser: User, volunteer: User, stranger: User
) -> None:
    address = "/projects/fans/runs/1/preview.webp"
    client.force_login(organiser)
    answer = client.get(address)
    assert answer.getvalue() == b"RIFF faces"
    assert answer["Cache-Control"] == "private, no-cache"
    assert client.get(address, {"step": 30, "masked": 1}).getvalue() == b"RIFF veiled"
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    client.force_login(volunteer)
    assert client.get(address).status_code == 403
    client.force_login(stranger)
    assert client.get(address).status_code == 404


def test_without_consent_nobody_sees_the_preview(
    client: Client, read: Callable[..., Any], other_subject: Subject, admin: User
) -> None:
    withdraw_consent(consent=other_subject.consents.get(), actor=admin)
    assert read(admin)[1]["preview_url"] is None
    assert client.get("/projects/fans/runs/1/preview.webp").status_code == 404
