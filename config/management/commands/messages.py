"""`manage.py messages`: update the Chinese catalogue to the code and compile it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.messages import compile_catalog, missing_translations, update_catalog


class Command(BaseCommand):
    """Collects what needs a translation, compiles what has one, names what lacks one."""

    help = "Update locale/zh_Hans from the code, compile it, and name what is not translated."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--compile-only", action="store_true", help="only write the .mo file from the .po"
        )

    def handle(self, *args: Any, compile_only: bool, **options: Any) -> None:
        if not compile_only:
            update_catalog()
        compile_catalog()
        missing = [] if compile_only else missing_translations()
        if missing:
            raise CommandError("Without Chinese:\n  " + "\n  ".join(missing))
