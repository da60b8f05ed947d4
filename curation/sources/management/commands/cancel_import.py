"""manage.py cancel_import: end an import that waits or is under way."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curation.sources.cancel_import import cancel_import
from curation.sources.models import ImportRun
from curation.sources.selectors import import_report


class Command(BaseCommand):
    help = "Cancel an import that waits or is under way. What was imported is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "number", type=int, help="of the import, as its page's address ends: imports/12/"
        )

    def handle(self, *args: Any, number: int, **options: Any) -> None:
        run = ImportRun.objects.select_related("source__subject__project").filter(pk=number).first()
        if run is None:
            raise CommandError(f"There is no import {number}.")
        if not cancel_import(import_run=run, actor=None):
            raise CommandError(f"Import {number} has ended already ({run.get_state_display()}).")
        report = import_report(run)
        self.stdout.write(
            f"{run.given_as} is cancelled: {report.new} new pictures were imported and are kept, "
            f"{report.num_refused} files were refused."
        )
