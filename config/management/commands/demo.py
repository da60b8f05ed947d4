"""`manage.py demo`: from an empty folder to a running demo site in one process."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.management.commands.serve import add_address_arguments


class Command(BaseCommand):
    """Migrates the database, loads the demo project unless it is there, and serves the site."""

    help = "Migrate, load the demo project, print its logins, and serve; Ctrl-C stops all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_address_arguments(parser)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("load_demo")
        call_command("serve", host=host, port=port)
