"""Take a film in: the frames of it that are kept become images, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

from curation import store
from curation.decoding.films import FilmUnreadable, film_steps
from curation.decoding.limits import Limits
from curation.sources.film_settings import FilmSettings, time_code
from curation.sources.kinds.far import lying_at
from curation.sources.kinds.film import is_film
from curation.sources.kinds.found import FilmPlace, FoundFile
from curation.sources.kinds.origin import Origin
from curation.sources.models import Film
from curation.sources.problem_codes import ProblemCode
from curation.sources.problems import Unusable
from curation.sources.take_in import Intake
from curation.subjects.models import Subject
from curation.vision.video.choosing import KeptFrame, Passed, Wanted
from curation.vision.video.extract import StepTaken

_LIMITS = Limits(seconds=120, megabytes=2000)
"""Seconds for each step, memory for the film."""
FRAMES_AT_ONCE, SECONDS_UNTIL_STORED = 8, 5.0
_LONGEST_STEM = 200


def take_in_film(
    *, intake: Intake, file: FoundFile, while_waiting: Callable[[], object] = lambda: None
) -> None:
    """Take in the frames that are kept of a film that lies on the disk. A film that cannot be read
    to its end is refused; what was read of it before stays.

    Safe to do again: it goes on after the last step that is settled, and adds nothing twice.
    Raises as `Intake.take_in` does.
    """
    assert file.on_disk is not None  # noqa: S101, whoever calls a file a film has looked into it
    film, _is_new = Film.objects.get_or_create(
        import_run=intake.import_run, path=file.path, etag=file.origin().etag
    )
    if not film.is_over:
        try:
            _go_on(intake, film, file, file.on_disk, while_waiting)
            film.is_over = True
        except FilmUnreadable as problem:
            film.problem, film.details, film.is_over = problem.code, problem.details, True
        film.save(update_fields=["is_over", "problem", "details"])
    _tell(intake, film, file)


def take_in_far_film(
    *, intake: Intake, file: FoundFile, while_waiting: Callable[[], object] = lambda: None
) -> None:
    """Fetch what is called a film far away, take it in, and remove it again, so that of many films
    one at a time lies here. One that is over is not fetched. Raises as `Intake.take_in` does.
    """
    assert file.fetch is not None  # noqa: S101, only such files come here
    over = intake.import_run.films.filter(path=file.path, etag=file.origin().etag, is_over=True)
    if film := over.first():
        _tell(intake, film, file)
        return
    try:
        here = lying_at(file, file.fetch())
    except Unusable as unusable:
        intake.outcomes.note_problems([(intake.placed(file), unusable)])
        return
    if is_film(here):
        take_in_film(intake=intake, file=here, while_waiting=while_waiting)
    else:
        intake.take_in([here], while_waiting=while_waiting)
    if here.on_disk:
        here.on_disk.unlink()


def _tell(intake: Intake, film: Film, file: FoundFile) -> None:
    """The outcome of a film that is over."""
    placed = intake.placed(file)
    if film.problem:
        unusable = Unusable(ProblemCode(film.problem), film.details)
        intake.outcomes.note_problems([(placed, unusable)])
    else:
        intake.outcomes.note_film(placed)


def _go_on(
    intake: Intake,
    film: Film,
    file: FoundFile,
    path: Path,
    while_waiting: Callable[[], object],
) -> None:
    import_run, origin = intake.import_run, file.origin()
    settings = import_run.film_settings
    taken = film_steps(
        path.absolute(),
        Wanted(every=settings.every, min_face=settings.min_face),
        portraits=_portraits(import_run.source.subject, settings),
        after_step=film.step,
        limits=_LIMITS,
        while_waiting=while_waiting,
    )
    with closing(taken):  # type: ignore[type-var]
        for group in _groups(taken, film.step):
            kept = (each.result for each in group if isinstance(each.result, KeptFrame))
            frames = [_frame(file, origin, each) for each in kept]
            if frames:
                intake.take_in_frames(frames, while_waiting=while_waiting)
            _settle(film, group)


def _portraits(subject: Subject, settings: FilmSettings) -> list[bytes]:
    """The subject's portraits, where only frames with the subject are wanted."""
    if not settings.subject_only:
        return []
    digests = subject.portraits.values_list("sha256", flat=True)
    return [store.get(digest) for digest in digests]


def _groups(taken: Iterable[StepTaken], after: int) -> Iterator[list[StepTaken]]:
    """The steps that are not settled yet, so many together as are stored at once.

    Steps come although they are settled; with them the time passes too.
    """
    group: list[StepTaken] = []
    since = monotonic()
    for each in taken:
        if each.step > after:
            group.append(each)
        num_kept = sum(isinstance(one.result, KeptFrame) for one in group)
        if group and (num_kept == FRAMES_AT_ONCE or monotonic() - since > SECONDS_UNTIL_STORED):
            yield group
            group, since = [], monotonic()
    if group:
        yield group


def _frame(file: FoundFile, origin: Origin, kept: KeptFrame) -> FoundFile:
    milliseconds = round(kept.moment * 1000)
    stem = file.name.rsplit(".", 1)[0][:_LONGEST_STEM]
    return FoundFile(
        path=file.path,
        size=len(kept.png),
        open_bytes=lambda: kept.png,
        called=f"{stem} {time_code(milliseconds, '-')}.png",
        place=FilmPlace(frame=kept.number, milliseconds=milliseconds, scene=kept.scene),
        origin=lambda: origin,
    )


def _settle(film: Film, group: list[StepTaken]) -> None:
    """Note how far the film is, once the pictures are in."""
    last = group[-1]
    passed = [each.result for each in group]
    film.step, film.seconds, film.length, film.scenes = (
        last.step,
        last.moment,
        last.length,
        last.scene,
    )
    film.no_face += passed.count(Passed.NO_FACE)
    film.small_face += passed.count(Passed.SMALL_FACE)
    film.other_person += passed.count(Passed.OTHER_PERSON)
    film.save()
