"""A backup goes into an empty installation alone; what stops it is named.

That a site comes back whole is told in test_lost_machine.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.safekeeping.layout import INDEX
from curation.projects.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a site with one person."""
    User.objects.create_user("otto")
    target = tmp_path_factory.mktemp("elsewhere") / "backup"
    call_command("backup", str(target))
    return target


def test_a_folder_that_is_no_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holiday"):
        call_command("restore", str(tmp_path / "holiday"))


def test_nothing_is_written_over_what_is_there(saved: Path) -> None:
    with pytest.raises(CommandError, match="has tables already"):
        call_command("restore", str(saved))
    assert User.objects.filter(username="otto").exists()


def test_a_damaged_database_of_a_backup_is_refused(saved: Path) -> None:
    index = json.loads((saved / INDEX).read_text())
    database = saved / index["database"]
    database.write_bytes(database.read_bytes()[:-1] + b"?")
    with pytest.raises(CommandError, match="is damaged"):
        call_command("restore", str(saved))
