"""`manage.py restore SOURCE`: a backup, put back into an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.safekeeping.databases import DumpFailed
from config.safekeeping.layout import NoBackup
from config.safekeeping.restore import NotEmpty, restore
from curation.files import DiskFull


class Command(BaseCommand):
    """Fills an empty DATA_DIR and an empty database from a backup."""

    help = "Put a backup back. DATA_DIR and the database must be empty; the site must not run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, help="the folder that “backup” wrote")

    def handle(self, *args: Any, source: Path, **options: Any) -> None:
        try:
            damaged = restore(source, report=self.stdout.write)
        except (NoBackup, NotEmpty, DumpFailed, DiskFull) as error:
            raise CommandError(str(error)) from error
        if damaged:
            raise CommandError(
                f"{len(damaged)} objects are damaged in the backup and were left out; all else is "
                "back. “verify” says what they are."
            )
        self.stdout.write("All of it is back. Now: manage.py migrate, then manage.py verify.")
