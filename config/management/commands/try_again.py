"""manage.py try_again: have imports, analyses and searches tried again that failed or wait."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from curation.analysis.models import Analysis
from curation.analysis.try_analyses_again import try_analyses_again
from curation.duplicates.models import DuplicateSearch
from curation.duplicates.tasks import SEARCH
from curation.errors import Refused
from curation.hints.models import Fitting
from curation.hints.tasks import FITTING
from curation.sources.models import ImportRun
from curation.sources.problem_codes import ProblemCode
from curation.sources.try_import_again import try_import_again
from curation.subjects.models import Subject
from curation.subjects.try_again import try_again


class Command(BaseCommand):
    """What failed in some trouble that is over, such as a full disk, is done after all."""

    help = (
        "Have what failed tried again (imports, analyses, searches, hints), and what waits at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", metavar="P", help="only those of this project's slug")
        parser.add_argument("--subject", metavar="S", help="only those of this subject's slug")

    def handle(self, *args: Any, project: str | None, subject: str | None, **options: Any) -> None:
        wanted = Q(project__slug=project) if project else Q()
        wanted &= Q(slug=subject) if subject else Q()
        subjects = list(Subject.objects.select_related("project").filter(wanted))
        if (project or subject) and not subjects:
            raise CommandError("There is no such subject.")
        refused = [refusal for each in subjects for refusal in self._try_again(each)]
        if refused:
            raise CommandError("\n".join(refused))

    def _try_again(self, subject: Subject) -> list[str]:
        """Try all of one subject again; what was refused, as lines."""
        refused = []
        imports = ImportRun.objects.filter(ImportRun.to_try_again(), source__subject=subject)
        imports = imports.exclude(problem=ProblemCode.CANCELLED)  # whoever did so meant it
        for run in imports.select_related("source__subject__project").order_by("pk"):
            try:
                if try_import_again(import_run=run, actor=None):
                    self.stdout.write(f"{subject.slug}: {run.given_as} is imported again.")
            except Refused as refusal:
                refused.append(f"{subject.slug}: {run.given_as}: {refusal}")
        failed = Analysis.objects.filter(Analysis.to_try_again(), subject=subject)
        stopped = DuplicateSearch.objects.filter(DuplicateSearch.to_try_again(), subject=subject)
        unfitted = Fitting.objects.filter(Fitting.to_try_again(), subject=subject)
        try:
            if failed.exists():
                num = try_analyses_again(subject=subject, actor=None)
                self.stdout.write(f"{subject.slug}: {num} pictures are looked at again.")
            if stopped.exists():
                try_again(job=SEARCH, subject=subject, actor=None)
                self.stdout.write(f"{subject.slug}: the pictures are compared again.")
            if unfitted.exists():
                try_again(job=FITTING, subject=subject, actor=None)
                self.stdout.write(f"{subject.slug}: the hints are made again.")
        except Refused as refusal:
            refused.append(f"{subject.slug}: {refusal}")
        return refused
