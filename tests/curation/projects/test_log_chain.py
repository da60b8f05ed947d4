"""The action log is a chain: what is changed or taken out is named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, transaction

from curation.projects import log
from curation.projects.log_chain import NO_HASH, Chain, chained_lines, hash_of
from curation.projects.models import ActionLog, Project

Acts = Callable[..., list[ActionLog]]


@pytest.fixture
def fans() -> Project:
    return Project.objects.create(slug="fans", name="Fans")


def act(project: Project | None, num: int) -> None:
    details = {"before": "志愿者", "share": 0.1, "numbers": [num]}
    log.record("image.settle", actor=None, project=project, target=f"ada / {num}", **details)


def verify(*options: str) -> str:
    out = StringIO()
    call_command("verify_log", *options, stdout=out)
    return out.getvalue()


def refused(*options: str) -> tuple[str, str]:
    """What is printed, and what the command ends with."""
    out = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("verify_log", *options, stdout=out)
    return out.getvalue(), str(ended.value)


@pytest.mark.django_db
def test_each_line_carries_the_hash_of_the_one_before(
    fans: Project, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    other = Project.objects.create(slug="others", name="Others")
    for num in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            act(fans, num)
            act(other, num)
            act(None, num)
    for project in (fans, other, None):
        lines = list(ActionLog.objects.filter(project=project).order_by("id"))
        assert [line.place for line in lines] == [1, 2, 3]
        assert [line.hash_before for line in lines] == [NO_HASH, *map(hash_of, lines[:2])]


@pytest.mark.django_db
def test_what_a_dead_process_left_unchained_is_chained_before_it_is_verified(
    fans: Project,
) -> None:
    for num in range(3):
        act(fans, num)
    assert not chained_lines(fans.pk).exists()
    printed = verify()
    assert f"fans: 3 lines, all whole; {hash_of(_last(fans))}" in printed
    assert [line.target for line in chained_lines(fans.pk)] == ["ada / 0", "ada / 1", "ada / 2"]


@pytest.mark.django_db
@pytest.mark.parametrize("place", [1, 2, 4, 5])
@pytest.mark.parametrize(
    "change",
    [
        {"target": "bob / 1"},
        {"action": "image.withdraw_ruling"},
        {"details": {"before": "志愿者", "share": 0.2, "numbers": [1]}},
        {"hash_before": "f" * 64},
    ],
)
def test_the_first_changed_line_is_named(
    fans: Project, place: int, change: dict[str, object]
) -> None:
    for num in range(6):
        act(fans, num)
    verify()
    ActionLog.objects.filter(project=fans, place=place).update(**change)
    printed, ended = refused()
    assert f"fans: line {place} was changed" in printed
    assert "the site: 0 lines, all whole" in printed
    assert ended == "1 logs were changed. Compare them with a backup."


@pytest.mark.django_db
def test_a_line_that_was_taken_out_is_named(fans: Project) -> None:
    for num in range(5):
        act(fans, num)
    verify()
    ActionLog.objects.filter(project=fans, place=3).order_by()._raw_delete("default")
    printed, _ended = refused("--project", "fans")
    assert printed == "fans: line 3 was taken out\n"


@pytest.mark.django_db
def test_lines_taken_off_the_end_are_missed_by_whoever_noted_a_hash(fans: Project) -> None:
    for num in range(5):
        act(fans, num)
    verify()
    noted = hash_of(_last(fans))
    act(fans, 5)
    assert "6 lines, all whole" in verify("--noted", noted)
    ActionLog.objects.filter(project=fans, place__gt=4)._raw_delete("default")
    assert "4 lines, all whole" in verify()
    _printed, ended = refused("--noted", noted)
    assert f"No line has the hash {noted}" in ended


@pytest.mark.django_db
def test_a_project_that_is_not_there_is_named() -> None:
    _printed, ended = refused("--project", "fens")
    assert ended == "No project has the short name “fens”."


@pytest.mark.django_db(transaction=True)
def test_many_who_act_at_once_make_one_chain(fans: Project) -> None:
    together = threading.Barrier(4)

    def several(person: int) -> None:
        try:
            together.wait()
            for num in range(10):
                with transaction.atomic():
                    act(fans, 10 * person + num)
        finally:
            close_old_connections()
            connection.close()

    people = [threading.Thread(target=several, args=(each,)) for each in range(4)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert "fans: 40 lines, all whole" in verify()
    chain = Chain(fans.pk)
    assert len(set(chain.read())) == chain.num_lines == 40


def _last(project: Project) -> ActionLog:
    return chained_lines(project.pk).last()  # type: ignore[return-value]
