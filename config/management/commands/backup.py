"""`manage.py backup TARGET`: all that is worth keeping, copied while the site runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.safekeeping.backup import TargetInside, backup
from config.safekeeping.databases import DumpFailed
from config.safekeeping.layout import bucket_name
from curation.files import DiskFull


class Command(BaseCommand):
    """Makes or renews a backup; what it holds already is not copied again."""

    help = "Copy the database, pictures, runs and secrets to a folder; the site may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="a folder, best on another disk")

    def handle(self, *args: Any, target: Path, **options: Any) -> None:
        try:
            damaged = backup(target, report=self.stdout.write)
        except (TargetInside, DumpFailed, DiskFull) as error:
            raise CommandError(str(error)) from error
        if bucket := bucket_name():
            self.stdout.write(f"The pictures are in the bucket {bucket}; back it up there.")
        if damaged:
            raise CommandError(
                f"{len(damaged)} damaged objects were left out; all else is in {target}. "
                "“verify” says what they are:\n  " + "\n  ".join(damaged[:20])
            )
        self.stdout.write(f"The backup in {target} is whole.")
