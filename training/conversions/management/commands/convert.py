"""manage.py convert: swap a trained face into pictures or a video."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curation.errors import Refused
from curation.jobs import JobState
from training.conversions.convert import convert
from training.conversions.models import Into
from training.runs.models import Run


class Command(BaseCommand):
    help = (
        "Swap a face into pictures or a video with a checkpoint of a run. The output is marked as "
        "generated. Both people must have agreed to publishing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="P", help="the project's slug")
        parser.add_argument("--run", required=True, type=int, metavar="N", help="the run's number")
        parser.add_argument("--into", required=True, choices=Into.values, help="face to swap in")
        parser.add_argument("--input", required=True, type=Path, help="picture, folder or video")
        parser.add_argument("--output", required=True, type=Path, help="what to write")
        parser.add_argument(
            "--checkpoint",
            type=int,
            metavar="STEP",
            help="step of the checkpoint (default: last)",
        )

    def handle(
        self,
        *,
        project: str,
        run: int,
        into: str,
        input: Path,  # noqa: A002, the option's name
        output: Path,
        checkpoint: int | None,
        **options: Any,
    ) -> None:
        named = (
            Run.objects.select_related("project", "release_a__subject", "release_b__subject")
            .filter(project__slug=project, number=run)
            .first()
        )
        if named is None:
            raise CommandError(f"There is no run {run} in a project {project!r}.")
        try:
            conversion = convert(
                run=named,
                into=Into(into),
                source=input.absolute(),
                target=output.absolute(),
                checkpoint_step=checkpoint,
                report=self.stdout.write,
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if conversion.state == JobState.FAILED:
            raise CommandError(conversion.problem)
