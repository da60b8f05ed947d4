"""manage.py analyse: look at all waiting pictures with all cores, or with a Ray cluster."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from curation.analysis.analyse_all import analyse_all
from curation.analysis.spread import Spread, on_ray, on_this_machine


class Command(BaseCommand):
    help = (
        "Look at every picture that nobody has looked at: with several processes, or with the Ray "
        "cluster at RAY_ADDRESS. Workers may run beside it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers",
            type=int,
            default=os.cpu_count() or 1,
            help="processes on this machine, unless RAY_ADDRESS is set (default: %(default)s)",
        )

    def handle(self, *args: Any, workers: int, **options: Any) -> None:
        if workers < 1:
            raise CommandError("--workers must be at least 1.")
        began, num = time.monotonic(), 0
        try:
            for done in analyse_all(_spread(workers)):
                num += done
                if self.stderr.isatty():
                    self.stderr.write(f"\r\x1b[K{num} pictures", ending="")
        except ModuleNotFoundError as error:
            if error.name != "ray":
                raise
            raise CommandError(
                "RAY_ADDRESS is set, but Ray is not installed: pip install ray==2.60.0"
            ) from error
        seconds = time.monotonic() - began
        self.stdout.write(f"Looked at {num} pictures in {seconds:.1f} s.")


def _spread(workers: int) -> Spread:
    if settings.RAY_ADDRESS:
        return partial(on_ray, address=settings.RAY_ADDRESS)
    return partial(on_this_machine, workers=workers)
