"""The log of a project: its acts and its people's sign-ins, for its admins."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from curation.accounts.events import record_event
from curation.accounts.models import Kind
from curation.images.models import Image
from curation.projects import log
from curation.projects.change_role import change_role
from curation.projects.models import ActionLog, Project, Role, User
from curation.subjects.models import Subject
from frontend.act_words import ACTS
from tests.frontend.pages.browser import num_queries
from tests.stories.batches import cut
from tests.stories.people import membership

ROOT = Path(__file__).resolve().parents[3]


def test_every_act_that_is_logged_anywhere_has_words() -> None:
    called = re.compile(r'(?:log\.record|record_of_account)\(\s*"([a-z_.]+)"')
    logged = {
        action
        for room in ("config", "curation", "training", "frontend")
        for file in (ROOT / room).rglob("*.py")
        if "node_modules" not in file.parts
        for action in called.findall(file.read_text(encoding="utf-8"))
    }
    assert len(logged) > 30
    assert logged - set(ACTS) == set()


def test_an_admin_reads_who_did_what(
    project: Project, admin: User, volunteer: User, client: Client
) -> None:
    row = membership(volunteer, project)
    change_role(project=project, membership_id=row.pk, role=Role.ORGANISER, actor=admin)
    other = Project.objects.create(slug="o", name="O")
    log.record("project.open", actor=None, project=other, target="somebody else's secret")
    client.force_login(admin)
    page = client.get("/projects/fans/log/").content.decode()
    assert "changed a role" in page
    assert "volunteer → organiser" in page
    assert "secret" not in page
    User.objects.update(language="zh-hans")
    page = client.get("/projects/fans/log/").content.decode()
    assert "更改了角色" in page
    assert "志愿者 → 组织者" in page


def test_reading_evidence_is_written_down_before_a_byte_is_given(
    project: Project, admin: User, subject: Subject, client: Client
) -> None:
    consent = subject.consents.get()
    client.force_login(admin)
    path = f"/projects/fans/subjects/ada/consents/{consent.pk}/evidence/"
    assert client.get(path).getvalue() == b"evidence"
    line = ActionLog.objects.get(action="consent.read_evidence")
    assert (line.actor, line.project) == (admin, project)
    assert "read the evidence of a consent" in client.get("/projects/fans/log/").content.decode()


def test_the_log_says_that_a_picture_was_settled_and_not_how(
    project: Project,
    admin: User,
    subject: Subject,
    make_image: Callable[..., Image],
    client: Client,
) -> None:
    cut(subject, make_image, num=1, by=admin)
    image = Image.objects.get()
    ActionLog.objects.create(
        action="image.settle",
        actor=admin,
        project=project,
        target=f"{subject} / {image}",
        details={"verdict": "keep", "note": "a telling note", "before": "reject"},
    )
    client.force_login(admin)
    page = client.get("/projects/fans/log/").content.decode()
    assert "settled a picture" in page
    assert "telling" not in page
    assert "reject" not in page


def test_an_admin_sees_their_peoples_sign_ins_and_nobody_elses(
    project: Project, admin: User, volunteer: User, stranger: User, staff: User, client: Client
) -> None:
    record_event(Kind.FAILED, person=volunteer, network="203.0.113.0/24")
    record_event(Kind.SIGNED_IN, person=stranger, network="198.51.100.0/24")
    record_event(Kind.FAILED, person=None, network="192.0.2.0/24")
    client.force_login(admin)
    page = client.get("/projects/fans/log/sign-ins/").content.decode()
    assert "wrong password" in page
    assert "203.0.113.0/24" in page
    assert "sven" not in page
    assert "192.0.2.0/24" not in page
    client.force_login(staff)
    page = client.get("/people/sign-ins/").content.decode()
    assert "sven" in page
    assert "a name that nobody has" in page


def test_a_long_log_is_read_page_by_page_and_each_costs_the_same(
    project: Project, admin: User, client: Client
) -> None:
    client.force_login(admin)
    log.record("project.open", actor=None, project=project, target="the very first")
    few = num_queries(client, "/projects/fans/log/")
    for n in range(120):
        log.record("project.invite", actor=admin, project=project, target=f"invitation {n}")
    assert num_queries(client, "/projects/fans/log/") == few
    seen, path = [], "/projects/fans/log/"
    while path:
        page = client.get(path).content.decode()
        seen += re.findall(r"invitation \d+|the very first", page)
        older = re.search(r'rel="next" href="(\?before=\d+)"', page)
        path = f"/projects/fans/log/{older[1]}" if older else ""
    assert seen == [f"invitation {n}" for n in reversed(range(120))] + ["the very first"]


@pytest.fixture
def long_log(project: Project, admin: User) -> None:
    for num in range(60):
        log.record("batch.close", actor=admin, project=project, target=f"ada / batch {num}")
    log.record("batch.reopen", actor=None, project=project, target="=cmd|' /C calc'!A0")
    ActionLog.objects.filter(target="ada / batch 7").update(
        at=dt.datetime(2026, 3, 4, 23, 30, tzinfo=dt.UTC)
    )


@pytest.mark.usefixtures("long_log")
def test_an_admin_asks_for_some_acts_and_goes_on_to_older_ones(admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.get("/projects/fans/log/?action=batch.close&who=NN").content.decode()
    assert page.count("<time ") == 50
    [older] = re.findall(r'rel="next" href="([^"]+)"', page)
    assert "action=batch.close&amp;who=NN&amp;before=" in older
    page = client.get("/projects/fans/log/" + older.replace("&amp;", "&")).content.decode()
    assert page.count("<time ") == 10
    assert "reopened" not in page.partition("<table")[2]
    page = client.get("/projects/fans/log/?target=BATCH+33").content.decode()
    assert page.count("<time ") == 1


@pytest.mark.usefixtures("long_log")
@pytest.mark.parametrize(
    ("asked", "num"),
    [
        ("first_day=2026-03-04&last_day=2026-03-04", 1),
        ("first_day=2026-03-05&last_day=2026-03-05", 0),
        ("last_day=2026-03-03", 0),
        ("who=nobody", 0),
    ],
)
def test_days_are_whole_ones(admin: User, client: Client, asked: str, num: int) -> None:
    client.force_login(admin)
    page = client.get(f"/projects/fans/log/?{asked}").content.decode()
    assert page.count("<time ") == num
    assert ("Nothing like that was done" in page) == (num == 0)


@pytest.mark.usefixtures("long_log")
def test_a_day_that_is_none_is_named_and_nothing_is_hidden(admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.get("/projects/fans/log/?first_day=soon").content.decode()
    assert "Write a day as year-month-day" in page
    assert page.count("<time ") == 50


@pytest.mark.usefixtures("long_log")
def test_the_table_holds_what_was_asked_for_and_no_formula(admin: User, client: Client) -> None:
    client.force_login(admin)
    answer = client.get("/projects/fans/log/export/?target=7")
    rows = list(csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert {row["on_what"] for row in rows} == {f"ada / batch {n}" for n in (7, 17, 27, 37, 47, 57)}
    assert {row["in_words"] for row in rows} == {"closed a batch"}
    answer = client.get("/projects/fans/log/export/?action=batch.reopen")
    [row] = csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines())
    assert row["on_what"] == "'=cmd|' /C calc'!A0"
    assert row["who"] == ""
    assert ActionLog.objects.filter(action="log.export", actor=admin).count() == 2
