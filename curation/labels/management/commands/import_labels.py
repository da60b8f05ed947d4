"""Keep what CVAT, Label Studio or FiftyOne says of a subject's pictures."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curation.errors import Refused
from curation.labels.exports import ExportFormat, OddExport, read_export
from curation.labels.import_labels import LabelsImported, import_labels
from curation.labels.selectors import said_elsewhere
from curation.manual.reasons import Reason
from curation.subjects.models import Subject

NAMED = 20


class Command(BaseCommand):
    help = (
        "Keep the labels that another tool exported, beside the pictures they were given to. They "
        "decide nothing and no page shows them: they measure hints."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="P", help="the project's slug")
        parser.add_argument("--subject", required=True, metavar="S", help="the subject's slug")
        parser.add_argument("--format", required=True, choices=[*ExportFormat])
        parser.add_argument(
            "--word",
            action="append",
            default=[],
            metavar="THEIRS=OURS",
            help=f"what a word of theirs means: keep, reject or one of {', '.join(Reason)}",
        )
        parser.add_argument(
            "--csv", type=Path, metavar="OUT", help="also write all labels of the subject as a CSV"
        )
        parser.add_argument("file", type=Path, metavar="FILE", help="the export")

    def handle(
        self,
        *,
        project: str,
        subject: str,
        format: str,  # noqa: A002, the option's name
        word: list[str],
        file: Path,
        **options: Any,
    ) -> None:
        named = Subject.objects.filter(project__slug=project, slug=subject).first()
        if named is None:
            raise CommandError(f"There is no subject {subject} in a project {project}.")
        meanings = dict(_meaning(each) for each in word)
        try:
            said = read_export(file, ExportFormat(format))
            result = import_labels(
                subject=named, export=file.name, said=said, meanings=meanings, actor=None
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except OddExport as odd:
            raise CommandError(f"{file} is no export of {format} ({odd}).") from odd
        self._tell(result)
        if out := options["csv"]:
            _write_csv(named, out)

    def _tell(self, result: LabelsImported) -> None:
        self.stdout.write(f"{result.kept} keep, {result.rejected} reject.")
        for what, names in (
            ("No picture here is called", result.unmatched),
            ("Several pictures are called", result.ambiguous),
            ("Nothing that is understood, or keep and reject at once, is said of", result.unsaid),
        ):
            for name in names[:NAMED]:
                self.stdout.write(f"{what} {name}")
            if len(names) > NAMED:
                self.stdout.write(f"  and {len(names) - NAMED} more like it")
        for each, times in result.unknown_words.most_common():
            self.stdout.write(f"Unknown word, {times} times: {each}. Say --word '{each}=…'.")


def _meaning(written: str) -> tuple[str, str]:
    theirs, is_said, ours = written.rpartition("=")
    if not is_said or ours not in {"keep", "reject", *Reason}:
        raise CommandError(f"--word {written}: behind = stands keep, reject or a reason's code.")
    return theirs, ours


def _write_csv(subject: Subject, out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("number", "sha256", "verdict", "reasons", "export"))
        for each in said_elsewhere(subject):
            image = each.image
            reasons = " ".join(each.reasons)
            rows.writerow((image.number, image.sha256, each.verdict, reasons, each.export))
