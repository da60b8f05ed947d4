"""Much of everything: pictures without bytes and votes without voters, to measure pages with.

Rows are written in bulk, past the use cases, in states that the use cases leave behind: batches
of a hundred, two voters and a third where the first two differ, some settled, some closed, the
last tenth not cut yet. The same size and seed give the same story in an empty database.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from config.scale_hints import add_fitting, hints_on
from curation.analysis.look import VISION_VERSION
from curation.analysis.models import Analysis
from curation.batches.models import Assignment, Batch, BatchItem
from curation.consensus.models import Ruling
from curation.errors import Conflict
from curation.hints.models import Hint
from curation.images.models import Image, Measures
from curation.jobs import JobState
from curation.manual.selectors import current_version
from curation.projects import log
from curation.projects.models import ActionLog, Membership, Project, Role, User
from curation.projects.open_project import open_project
from curation.sources.models import ImportRun, Provenance, Source, SourceKind
from curation.subjects.add_subject import add_subject
from curation.subjects.models import Act, Basis, Subject
from curation.subjects.record_consent import record_consent
from curation.vision.duplicates import DUPLICATES_VERSION
from curation.vision.hints import HINTS_VERSION
from curation.votes.models import Verdict, Vote, VoteEvent
from curation.votes.tallies import recount, tally_of
from curation.votes.voting_rule import Outcome, outcome, votes_wanted

SLUG = "scale"
NUM_VOLUNTEERS = 12
BATCH_SIZE = 100
AT_ONCE = 2000

_Row = TypeVar("_Row", bound=models.Model)
Story = tuple[Image, list[tuple[User, str]]]
"""An image of a batch, and who said what of it, in order."""


class NotItsOwn(Conflict):
    """There is a project under that address which was not made to measure with."""

    code = "not_its_own"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """How much of everything."""

    images: int
    """In all, shared out evenly among the subjects."""
    subjects: int = 1
    judged: float = 0.8
    """Which part of the batches is through; of the rest every other one is half judged."""
    seed: int = 1


@transaction.atomic
def make_scale_data(scale: Scale, *, report: Callable[[str], None]) -> Project:
    """Add that much to the project made for it, which is opened if need be. All or nothing.

    Raises NotItsOwn.
    """
    project, people = _project()
    first = Subject.objects.filter(project=project).count() + 1
    for number in range(first, first + scale.subjects):
        subject = _subject(project, number, admin=people[0])
        num = scale.images // scale.subjects
        chance = random.Random(f"{scale.seed} {subject.slug}")  # noqa: S311, a story, no secret
        _fill(subject, num, people=people, judged=scale.judged, chance=chance)
        report(f"{subject.name}: {num} images, {_num_votes(subject)} votes")
    log.record("scale.make", actor=None, project=project, target=project, images=scale.images)
    return project


def analyse_tables() -> None:
    """Let the database see what there is now; it plans by it, and would do so soon by itself."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _project() -> tuple[Project, list[User]]:
    """The project and its people: the admin, then volunteers. Raises NotItsOwn."""
    names = ["scale-admin", *(f"scale-{n}" for n in range(1, NUM_VOLUNTEERS + 1))]
    project = Project.objects.filter(slug=SLUG).first()
    if project is None:
        people = [User.objects.create_user(name) for name in names]
        project = open_project(name="Scale", slug=SLUG, actor=None, admin=people[0])
        for person in people[1:]:
            Membership.objects.create(project=project, user=person, role=Role.VOLUNTEER)
        return project, people
    if not ActionLog.objects.filter(project=project, action="scale.make").exists():
        raise NotItsOwn(f"The project “{SLUG}” was not made by this command. Use another database.")
    return project, list(User.objects.filter(username__in=names).order_by("pk"))


def _subject(project: Project, number: int, *, admin: User) -> Subject:
    subject = add_subject(project=project, name=f"Scale {number}", slug="", actor=None)
    record_consent(
        subject=subject,
        basis=Basis.INVENTED_PERSON,
        acts=list(Act),
        signed_by="nobody",
        evidence=b"These people and pictures do not exist.",
        evidence_name="nobody.txt",
        valid_from=timezone.now().date() - dt.timedelta(days=1),
        actor=admin,
    )
    return subject


def _fill(
    subject: Subject, num: int, *, people: list[User], judged: float, chance: random.Random
) -> None:
    admin, volunteers = people[0], people[1:]
    images, measures = _images(subject, num, admin, chance)
    batches = _batches(subject, images[: num - num // 10], admin)
    stories: list[Story] = []
    for batch, its_images in batches:
        voters = [volunteers[(batch.number + n) % NUM_VOLUNTEERS] for n in (0, 1, 5)]
        # The first is, by any chance: however few there are, some images are kept.
        is_judged = chance.random() < judged or (judged > 0 and batch.number == 1)
        if not is_judged and batch.number % 2:
            voters = voters[:1]
        _add_leases(batch, voters, admin)
        is_touched = is_judged or batch.number % 2
        stories += [(image, _said_of(voters, chance) if is_touched else []) for image in its_images]
        if is_judged and chance.random() < 0.5:
            batch.closed_at = timezone.now()
    Batch.objects.bulk_update([batch for batch, _images in batches], ["closed_at"], AT_ONCE)
    batch_of = {image.pk: batch for batch, its_images in batches for image in its_images}
    _add_votes(subject, stories, batch_of, chance)
    _add_rulings(stories, admin, chance)
    _add_hints(subject, measures, stories, seed=chance.getrandbits(32))


def _image(subject: Subject, number: int, chance: random.Random) -> Image:
    digest, size = f"{chance.getrandbits(256):064x}", chance.randrange(20_000, 900_000)
    return Image(
        subject=subject,
        number=number,
        name=f"图_{number}.jpg",
        sha256=digest,
        size_bytes=size,
        width=chance.randrange(400, 4000),
        height=chance.randrange(400, 4000),
        format="JPEG",
        bare_sha256=digest,
        bare_size_bytes=size,
        bare_format="JPEG",
    )


def _images(
    subject: Subject, num: int, admin: User, chance: random.Random
) -> tuple[list[Image], list[Measures]]:
    """Images of the subject, found in one of three sources, and looked at by the machine.

    Their measures are not saved yet: hints stand in them too.
    """
    rows = (_image(subject, number, chance) for number in range(1, num + 1))
    images = list(_write(Image, rows))
    Subject.objects.filter(pk=subject.pk).update(last_number=num)
    runs = [_import(subject, label, admin) for label in ("weibo", "scan", "donggong")]
    chosen = [runs[chance.randrange(len(runs))] for _image in images]
    _write_all(
        Provenance,
        (
            Provenance(
                image=image,
                source=run.source,
                import_run=run,
                is_first=True,
                path=f"a/{image.name}",
            )
            for image, run in zip(images, chosen, strict=True)
        ),
    )
    _write_all(
        Analysis,
        (
            Analysis(
                image=image,
                subject=subject,
                state=JobState.DONE,
                attempt=1,
                vision_version=VISION_VERSION,
                compared_by=DUPLICATES_VERSION,
                hinted_by=HINTS_VERSION,
                perceptual_hash=f"{chance.getrandbits(64):016x}",
            )
            for image in images
        ),
    )
    return images, [_measures(image, chance) for image in images]


def _measures(image: Image, chance: random.Random) -> Measures:
    """One face in most pictures, none in some, several in a few."""
    num_faces = chance.choices((0, 1, 2, 3), (5, 85, 8, 2))[0]
    row = Measures(
        image=image,
        subject_id=image.subject_id,
        number=image.number,
        num_faces=num_faces,
        brightness=chance.random(),
    )
    if num_faces:
        row.face_size = chance.uniform(0.1, 0.9) * min(image.width, image.height)
        row.yaw, row.pitch = chance.gauss(0, 30), chance.gauss(0, 12)
        row.sharpness = chance.random()
    return row


def _import(subject: Subject, label: str, admin: User) -> ImportRun:
    source = Source.objects.create(subject=subject, label=label)
    return ImportRun.objects.create(
        source=source,
        kind=SourceKind.FOLDER,
        path=f"/nowhere/{label}",
        given_as=label,
        started_by=admin,
        state=JobState.DONE,
        finished_at=timezone.now(),
    )


def _batches(subject: Subject, images: list[Image], admin: User) -> list[tuple[Batch, list[Image]]]:
    parts = [images[start : start + BATCH_SIZE] for start in range(0, len(images), BATCH_SIZE)]
    batches = list(
        _write(
            Batch,
            (
                Batch(subject=subject, number=number, created_by=admin)
                for number in range(1, len(parts) + 1)
            ),
        )
    )
    cut = list(zip(batches, parts, strict=True))
    _write_all(
        BatchItem,
        (
            BatchItem(batch=batch, image=image, position=position)
            for batch, part in cut
            for position, image in enumerate(part, start=1)
        ),
    )
    return cut


def _add_leases(batch: Batch, voters: list[User], admin: User) -> None:
    until = timezone.now() + dt.timedelta(days=30)
    Assignment.objects.bulk_create(
        Assignment(
            batch=batch,
            volunteer=person,
            leased_until=until,
            granted_until=until,
            created_by=admin,
        )
        for person in voters
    )


def _said_of(voters: list[User], chance: random.Random) -> list[tuple[User, str]]:
    """What they say of one image: each in turn, as long as a further vote is wanted."""
    is_good = chance.random() < 0.7
    right, wrong = (Verdict.KEEP, Verdict.REJECT) if is_good else (Verdict.REJECT, Verdict.KEEP)
    said: list[tuple[User, str]] = []
    for person in voters:
        if not votes_wanted(tally_of([verdict for _who, verdict in said])):
            break
        (verdict,) = chance.choices((right, wrong, Verdict.UNSURE), (0.9, 0.06, 0.04))
        said.append((person, verdict))
    return said


def _add_votes(
    subject: Subject, stories: list[Story], batch_of: dict[int, Batch], chance: random.Random
) -> None:
    now, version = timezone.now(), current_version()

    def reasons(verdict: str) -> str:
        return "blurry" if verdict == Verdict.REJECT else ""

    _write_all(
        Vote,
        (
            Vote(
                image=image,
                volunteer=person,
                verdict=verdict,
                reason_codes=reasons(verdict),
                manual_version=version,
                cast_at=now,
            )
            for image, said in stories
            for person, verdict in said
        ),
    )
    recount(Image.objects.filter(subject=subject, votes__isnull=False))
    _write_all(
        VoteEvent,
        (
            VoteEvent(
                image=image,
                volunteer=person,
                batch=batch_of[image.pk],
                verdict=verdict,
                reason_codes=reasons(verdict),
                manual_version=version,
                client_key=UUID(int=chance.getrandbits(128)),
                at=now,
            )
            for image, said in stories
            for person, verdict in said
        ),
    )


def _add_rulings(stories: list[Story], admin: User, chance: random.Random) -> None:
    """An organiser has settled half of what the votes left open, and overruled a little."""
    now = timezone.now()

    def is_ruled(said: list[tuple[User, str]]) -> bool:
        is_contested = outcome(tally_of([each for _who, each in said])) is Outcome.CONTESTED
        return chance.random() < (0.5 if is_contested else 0.002)

    _write_all(
        Ruling,
        (
            Ruling(image=image, verdict=Verdict.KEEP, ruled_by=admin, ruled_at=now)
            for image, said in stories
            if is_ruled(said)
        ),
    )


def _add_hints(
    subject: Subject, measures: list[Measures], stories: list[Story], *, seed: int
) -> None:
    """What the machine suspects, and mostly what people said as well."""
    became = {image.pk: outcome(tally_of([each for _who, each in said])) for image, said in stories}
    decided = (Outcome.KEPT, Outcome.REJECTED)
    rejected = {pk: each is Outcome.REJECTED for pk, each in became.items() if each in decided}
    hints = hints_on(subject, measures, rejected, seed)
    _write_all(Measures, measures)
    _write_all(Hint, hints)
    add_fitting(subject, measures, rejected)


def _num_votes(subject: Subject) -> int:
    return Vote.objects.filter(image__subject=subject).count()


def _write_all(kind: type[_Row], rows: Iterable[_Row]) -> None:
    for _row in _write(kind, rows):
        pass


def _write(kind: type[_Row], rows: Iterable[_Row]) -> Iterator[_Row]:
    """Write the rows some thousands at a time, and give them back with their keys."""
    manager: Any = kind._default_manager
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, AT_ONCE)):
        yield from manager.bulk_create(some)
