"""`manage.py verify`: is everything there, and what it was?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.safekeeping.verify import Verification


class Command(BaseCommand):
    """Hashes every object, manifest, laid-out release and checkpoint."""

    help = "Hash everything that is stored, and name what is torn or missing; exit code 1 if any."

    def handle(self, *args: Any, **options: Any) -> None:
        verification = Verification(report=self.stderr.write)
        num = 0
        for fault in verification.faults():
            num += 1
            self.stdout.write(fault)
        if num:
            raise CommandError(f"{num} faults, in {verification.num_objects} objects and all runs.")
        self.stdout.write(f"{verification.num_objects} objects and all runs are whole.")
