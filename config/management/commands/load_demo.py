"""`manage.py load_demo`: the demo project, once, and its logins, every time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import demo


class Command(BaseCommand):
    """Loads the demo project unless it is there, and prints one login for each role."""

    help = "Load the demo project with pictures of people who do not exist; print its logins."

    def handle(self, *args: Any, **options: Any) -> None:
        if not demo.FOLDER.is_dir():
            raise CommandError("The folder demo/ is missing from this checkout.")
        passwords = demo.logins(settings.DATA_DIR)
        if not demo.is_loaded():
            demo.load_demo(passwords=passwords, report=self.stdout.write)
        self.stdout.write("\nSign in as one of these:")
        for name, password in passwords.items():
            self.stdout.write(f"  {name:<10} {password}")
        self.stdout.write("")
