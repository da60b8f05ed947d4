"""Tell how well faces are seen in pictures whose right answers are known."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from curation.analysis import labelled
from curation.analysis.by_dlib import DlibFinder
from curation.analysis.labelled import Compared, Face, Finder, Labelled, LabelsWrong, Looked, Row
from curation.vision.decode import Unreadable, decode
from curation.vision.faces import FaceFinder
from curation.vision.weights import WeightsMissing


class Command(BaseCommand):
    help = (
        "Print per 15 degrees of yaw: pictures whose faces were found, faces where nobody is, the "
        "mean error of the yaw, and how often front, three-quarter and side views are recognised."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "labels", type=Path, nargs="+", metavar="LABELS.csv", help="beside its pictures"
        )
        parser.add_argument(
            "--subject", metavar="NAME", help="whom to tell from the others, as the labels say"
        )
        parser.add_argument(
            "--portraits", type=Path, nargs="+", default=(), help="pictures of the subject"
        )
        parser.add_argument(
            "--look-alike", type=Path, nargs="+", default=(), help="pictures of a look-alike"
        )
        parser.add_argument(
            "--against",
            choices=["dlib"],
            help="print the same of dlib's frontal detector, 68 points and descriptor as well",
        )

    def handle(
        self, *, labels: list[Path], subject: str | None, against: str | None, **options: Any
    ) -> None:
        if (subject is None) != (not options["portraits"]):
            raise CommandError("Give both --subject and --portraits, or neither.")
        try:
            rows = [row for table in labels for row in labelled.labels_in(table)]
            for name, finder in _finders(against):
                if against:
                    self.stdout.write(self.style.MIGRATE_HEADING(name))
                self._tell(*_looked(rows, finder, subject, **options))
        except (LabelsWrong, Unreadable, WeightsMissing, OSError) as problem:
            raise CommandError(str(problem)) from problem

    def _tell(self, looked: list[Looked], compared: Compared | None) -> None:
        table = labelled.table_of(looked, compared)
        self.stdout.write("yaw    pictures  found  extra  yaw off  turn right  likeness")
        for row in table:
            self.stdout.write(_line(row))
        found, total = labelled.covered_found(looked)
        right, sides = labelled.side_recall(looked)
        extra = sum(row.extra for row in table)
        self.stdout.write(f"faces found in {found} of {total} covered pictures")
        self.stdout.write(f"side views recognised: {right} of {sides}")
        self.stdout.write(f"faces where nobody is: {extra} in {len(looked)} pictures")


def _finders(against: str | None) -> Iterator[tuple[str, Finder]]:
    """Ours, and the one that it is to be compared with."""
    yield "Winnow", FaceFinder()
    if against:
        yield "dlib", DlibFinder()


def _looked(
    rows: list[Labelled],
    finder: Finder,
    subject: str | None,
    *,
    portraits: Sequence[Path],
    look_alike: Sequence[Path],
    **_options: Any,
) -> tuple[list[Looked], Compared | None]:
    """What a finder sees in the pictures, and how far that is from the subject's gallery."""
    looked = list(labelled.looked_at(rows, finder, descriptors=subject is not None))
    if subject is None:
        return looked, None
    own, alike = _faces_in(portraits, finder), _faces_in(look_alike, finder)
    return looked, labelled.compared_with(subject, own, [alike] if alike else [], looked)


def _faces_in(paths: Sequence[Path], finder: Finder) -> list[Face]:
    """The largest face of each picture that has one."""
    found = (finder.find(decode(path.read_bytes()).rgb, descriptors=True) for path in paths)
    return [faces[0] for faces in found if faces]


def _line(row: Row) -> str:
    parts = [
        f"{row.low:2}-{row.low + labelled.STEP:<3}",
        f"{row.pictures:8}",
        f"{row.found / row.pictures:6.1%}",
        f"{row.extra:5}",
        "      -" if row.yaw_error is None else f"{row.yaw_error:6.1f}\N{DEGREE SIGN}",
        "         -" if row.turn_right is None else f"{row.turn_right:10.1%}",
        "       -" if row.likeness is None else f"{row.likeness:8.3f}",
    ]
    return "  ".join(parts)
