"""Tell how good hints are on pictures whose right answers are known."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from curation.analysis.labelled import LabelsWrong
from curation.analysis.look import Seen, look_at
from curation.hints import learning
from curation.hints.evaluate import Evaluation, either_way, evaluate
from curation.hints.labelled import Labelled, evidence_of, labels_in, worse_copies
from curation.vision.decode import Unreadable
from curation.vision.hint_columns import row_of
from curation.vision.hints import fit, prior
from curation.vision.weights import WeightsMissing


class Command(BaseCommand):
    help = (
        "Print how well hints tell which pictures of a labelled folder are to be rejected, and "
        "why. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("labels", type=Path, metavar="LABELS.csv", help="beside its pictures")
        parser.add_argument(
            "--portraits", type=Path, nargs="+", default=(), help="pictures of the subject"
        )
        parser.add_argument(
            "--look-alike",
            type=Path,
            nargs="+",
            action="append",
            default=[],
            help="pictures of one look-alike; may be given several times",
        )
        parser.add_argument(
            "--decided",
            type=int,
            default=0,
            metavar="N",
            help="learn from this many of the answers first, and judge the others, ten times over",
        )
        parser.add_argument(
            "--mistakes", type=int, default=0, metavar="N", help="name this many of the worst"
        )

    def handle(self, *, labels: Path, decided: int, mistakes: int, **options: Any) -> None:
        if decided < 0 or mistakes < 0:
            raise CommandError("--decided and --mistakes are numbers of 0 or more.")
        try:
            rows = labels_in(labels)
            seen = [look_at(row.path.read_bytes(), []) for row in rows]
            portraits = _seen_in(options["portraits"])
            look_alikes = [_seen_in(each) for each in options["look_alike"]]
        except (LabelsWrong, Unreadable, WeightsMissing, OSError) as problem:
            raise CommandError(str(problem)) from problem
        if not rows:
            raise CommandError(f"{labels} names no pictures.")
        answers = _answers(rows, seen)
        if decided:
            self._tell_learnt(answers, seen, portraits, look_alikes, decided)
            return
        found = evidence_of(seen, portraits=portraits, look_alikes=look_alikes)
        scores = fit(prior())(np.array([row_of(each) for each in found]))
        told = evaluate(answers, scores)
        self._tell(told, len(rows))
        for place, likeliest, right in told.mistakes[:mistakes]:
            said = ", ".join(sorted(answers[place])) or "keep"
            self.stdout.write(f"  {rows[place].path}: {said} ({right:.2f}), seen as {likeliest}")

    def _tell(self, told: Evaluation, num: int) -> None:
        self.stdout.write("reason          pictures  average precision  false alarms")
        for row in told.reasons:
            self.stdout.write(
                f"{row.reason:15} {row.num:8}  {row.average_precision:17.3f}"
                f"  {row.false_alarms:12.1%}"
            )
        if told.area is not None:
            self.stdout.write(f"keep or reject, area under the curve: {told.area:.4f}")
        wrong = len(told.mistakes)
        self.stdout.write(f"likeliest answer wrong in {wrong} of {num} pictures")

    def _tell_learnt(
        self,
        answers: list[frozenset[str]],
        seen: list[Seen],
        portraits: list[Seen],
        look_alikes: list[list[Seen]],
        decided: int,
    ) -> None:
        if decided >= len(answers):
            raise CommandError(f"There are only {len(answers)} pictures: decide fewer.")
        folder = learning.Folder(answers, seen, portraits, look_alikes)
        for name, learns in (("before", False), ("after", True)):
            told = learning.after(folder, decided, learns=learns)
            self.stdout.write(f"{name} {decided} decisions, on the others, mean of ten rounds:")
            for reason, precision in told.precision.items():
                self.stdout.write(f"  {reason:15} average precision {precision:.3f}")
            self.stdout.write(f"  keep or reject, area under the curve: {told.area:.4f}")


def _answers(rows: Sequence[Labelled], seen: Sequence[Seen]) -> list[frozenset[str]]:
    places = {row.path: place for place, row in enumerate(rows)}
    duplicate_of = {
        place: places[row.duplicate_of]
        for place, row in enumerate(rows)
        if row.duplicate_of in places
    }
    return either_way([row.reasons for row in rows], duplicate_of, worse_copies(seen))


def _seen_in(paths: Sequence[Path]) -> list[Seen]:
    return [look_at(path.read_bytes(), []) for path in paths]
