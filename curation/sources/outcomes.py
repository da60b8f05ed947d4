"""What became of each file of an import, written down once for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import NamedTuple

from curation.images.models import Image
from curation.sources.kinds.found import FoundFile
from curation.sources.kinds.names import storable
from curation.sources.kinds.origin import NOTHING_KNOWN, Origin
from curation.sources.models import FileOutcome, ImportRun, Outcome, Provenance
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import LEFT_OUT, MAX_PATH_BYTES, OF_WHOLE_PACKS, Unusable


class Placed(NamedTuple):
    """A file, and its place among all that an import found, from 1; 0 for a frame of a film."""

    position: int
    file: FoundFile
    origin: Origin = NOTHING_KNOWN


Place = tuple[int, str, int, str]
"""Of an image: its id, a path, the frame and the ETag there."""


class Outcomes:
    """Notes what becomes of the files of one attempt at an import.

    An attempt tells of every file anew, also of those that one before it took in and that was
    killed: they are what they were then. So the rows are as many as the files, whatever happened.
    """

    def __init__(self, import_run: ImportRun) -> None:
        """Begins anew: what an earlier attempt told is forgotten."""
        self._import_run = import_run
        self._told: set[Place] = set()
        import_run.outcomes.all().delete()

    def note_places(self, found: Sequence[tuple[Placed, Image]], new: Iterable[Image]) -> None:
        """The places of pictures that are in, and what that makes of their files.

        Call it with the rows of `new`, which got their numbers for these files, in one transaction
        that holds the subject's lock.
        """
        before = _places_of((image.pk for _, image in found), self._import_run)
        new_ids = {image.pk for image in new}
        rows, places = [], []
        for placed, image in found:
            key = _place_of(image.pk, placed)
            if key not in before:
                outcome = Outcome.NEW if image.pk in new_ids else Outcome.SAME
                new_ids.discard(image.pk)
                is_first = outcome is Outcome.NEW
                places.append(self._provenance(image, placed, is_first=is_first))
                before[key] = outcome
            else:
                outcome = Outcome.KNOWN if key in self._told else before[key]
            self._told.add(key)
            if placed.position:
                rows.append(self._row(placed, outcome))
        Provenance.objects.bulk_create(places)
        self._write(rows)

    def note_known(self, known: Sequence[Placed]) -> None:
        """Files that need not be read, as what lies at their place is in."""
        keys = [
            _place_of(placed.file.known_image or 0, placed._replace(origin=placed.file.origin()))
            for placed in known
        ]
        before = _places_of((key[0] for key in keys), self._import_run) if keys else {}
        rows = []
        for placed, key in zip(known, keys, strict=True):
            outcome = Outcome.KNOWN if key in self._told else before.get(key, Outcome.KNOWN)
            self._told.add(key)
            rows.append(self._row(placed, outcome))
        self._write(rows)

    def note_problems(self, problems: Iterable[tuple[Placed, Unusable]]) -> None:
        """Files that did not come in: left out, or refused."""
        self._write(
            self._row(
                placed,
                Outcome.LEFT_OUT if unusable.problem in LEFT_OUT else Outcome.REFUSED,
                unusable,
            )
            for placed, unusable in problems
            if placed.position
        )

    def note_film(self, placed: Placed) -> None:
        """A film that was watched to its end."""
        self._write([self._row(placed, Outcome.FILM)])

    def add_up_to(self, num_files: int) -> bool:
        """Whether there is an outcome for every file."""
        return self._import_run.outcomes.count() == num_files

    def only_refusal(self) -> ProblemCode | None:
        """Why nothing came in, where all that there was is one pack that cannot be opened."""
        told = list(self._import_run.outcomes.values_list("code", flat=True)[:2])
        return ProblemCode(told[0]) if len(told) == 1 and told[0] in OF_WHOLE_PACKS else None

    def _provenance(self, image: Image, placed: Placed, *, is_first: bool) -> Provenance:
        file = placed.file
        return Provenance(
            image=image,
            source=self._import_run.source,
            path=file.path,
            raw_name=file.raw_name,
            import_run=self._import_run,
            is_first=is_first,
            frame=_frame_of(file),
            milliseconds=file.place.milliseconds if file.place else None,
            scene=file.place.scene if file.place else None,
            **asdict(placed.origin),
        )

    def _row(
        self, placed: Placed, outcome: Outcome, unusable: Unusable | None = None
    ) -> FileOutcome:
        return FileOutcome(
            import_run=self._import_run,
            position=placed.position,
            path=shown(placed.file.path),
            outcome=outcome,
            code=unusable.problem if unusable else "",
            details=unusable.details if unusable else {},
        )

    def _write(self, rows: Iterable[FileOutcome]) -> None:
        FileOutcome.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["import_run", "position"],
            update_fields=["path", "outcome", "code", "details"],
        )


def _places_of(image_ids: Iterable[int], run: ImportRun) -> dict[Place, Outcome]:
    """Where the images were found in this source already, and what that made of the file then."""
    places = Provenance.objects.filter(image__in=set(image_ids), source=run.source_id)
    keys = places.order_by("pk").values_list(
        *("import_run_id", "is_first", "image_id", "path", "frame", "etag"), named=True
    )
    return {
        (each.image_id, each.path, each.frame, each.etag): _outcome_of(
            each.is_first, each.import_run_id == run.pk
        )
        for each in keys
    }


def _place_of(image_id: int, placed: Placed) -> Place:
    return image_id, placed.file.path, _frame_of(placed.file), placed.origin.etag


def _frame_of(file: FoundFile) -> int:
    return file.place.frame if file.place else 0


def _outcome_of(is_first: bool, is_ours: bool) -> Outcome:  # noqa: FBT001, two facts of one row
    if not is_ours:
        return Outcome.KNOWN
    return Outcome.NEW if is_first else Outcome.SAME


def shown(path: str) -> str:
    """The path as an outcome is listed under: what cannot be stored of it is replaced or cut."""
    path = storable(path)
    return path if len(path.encode()) <= MAX_PATH_BYTES else f"{path[: MAX_PATH_BYTES // 5]}…"
