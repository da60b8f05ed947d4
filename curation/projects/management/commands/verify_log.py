"""`manage.py verify_log`: does the action log still say what it said?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.projects.log_chain import Chain, chain_waiting, chained_lines
from curation.projects.models import Project


class Command(BaseCommand):
    """Follows each project's chain of hashes, and that of the site."""

    help = (
        "Follow the chain of the action log of every project and of the site, and name the first "
        "line in each that was changed or taken out; exit code 1 if any. Note the hash it prints: "
        "with --noted it says whether lines were taken off the end since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", help="only of the project with this short name")
        parser.add_argument("--noted", metavar="HASH", help="a hash that was printed before")

    def handle(self, *args: Any, **options: Any) -> None:
        is_found, num_faults = False, 0
        for key, name in _chains(options["project"]):
            chain_waiting(key)
            chain = Chain(key)
            for found in chain.read():
                is_found |= found == options["noted"]
            if chain.fault is None:
                self.stdout.write(f"{name}: {chain.num_lines} lines, all whole; {chain.last}")
            else:
                num_faults += 1
                self.stdout.write(f"{name}: {_faulty(key, chain.fault)}")
        if num_faults:
            raise CommandError(f"{num_faults} logs were changed. Compare them with a backup.")
        if options["noted"] and not is_found:
            raise CommandError(
                f"No line has the hash {options['noted']}: what was noted was taken off the end, "
                "or changed together with all that followed. Compare the log with a backup."
            )


def _chains(slug: str | None) -> list[tuple[int | None, str]]:
    """The key and the name of each project, and of the site, which has None."""
    if slug is None:
        rows = Project.objects.order_by("slug").values_list("pk", "slug")
        return [(None, "the site"), *rows]
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise CommandError(f"No project has the short name “{slug}”.")
    return [(project.pk, project.slug)]


def _faulty(key: int | None, place: int) -> str:
    line = chained_lines(key).filter(place=place).first()
    if line is None:
        return f"line {place} was taken out"
    return f"line {place} was changed: {line.action} on “{line.target}” at {line.at.isoformat()}"
