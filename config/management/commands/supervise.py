"""manage.py supervise: look after background jobs and trainings until stopped."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.supervise import TendingJobs, supervise_until_stopped
from config.tidy import Tidying
from training.launchers.local import LocalLauncher
from training.supervisor.supervise import Supervisor


class Command(BaseCommand):
    help = (
        "Supervise the background jobs and the runs of this machine. "
        "Ctrl-C or SIGTERM saves every run and ends; this may take half a minute."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor(LocalLauncher(), chores=(TendingJobs(), Tidying()))
        self.stdout.write(f"supervisor {supervisor.name} is running")
        supervise_until_stopped(supervisor)
        self.stdout.write(f"supervisor {supervisor.name} has ended")
