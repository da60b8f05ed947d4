"""`manage.py make_scale_data`: a project so large that slow pages show."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.scale.make import Scale, analyse_tables, make_scale_data
from curation.errors import Refused


class Command(BaseCommand):
    """Adds subjects with many images and votes to the project `scale`, which it opens."""

    help = (
        "Fill the project “scale” with images that have no bytes, and with votes, to measure "
        "pages with. For a database of its own, never for one in use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=int, default=20_000, help="in all (default: 20000)")
        parser.add_argument("--subjects", type=int, default=1, help="that share them (default: 1)")
        parser.add_argument(
            "--judged", type=float, default=0.8, help="part of the batches that is through"
        )
        parser.add_argument("--seed", type=int, default=1, help="another seed, another story")

    def handle(
        self, *args: Any, images: int, subjects: int, judged: float, seed: int, **options: Any
    ) -> None:
        scale = Scale(images=images, subjects=subjects, judged=judged, seed=seed)
        try:
            project = make_scale_data(scale, report=self.stdout.write)
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        analyse_tables()
        self.stdout.write(f"It is at /projects/{project.slug}/ for scale-admin and scale-1 to -12.")
