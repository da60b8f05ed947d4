"""The project to measure with: its people, and subject by subject all that there is of each."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from config.scale.hints import add_fitting, hints_on
from config.scale.judged import (
    Story,
    add_batches,
    add_leases,
    add_rulings,
    add_votes,
    said_of,
)
from config.scale.pictures import add_images
from config.scale.rows import AT_ONCE, write_all
from curation.batches.models import Batch
from curation.errors import Conflict
from curation.hints.models import Hint
from curation.images.models import Measures
from curation.projects import log
from curation.projects.models import ActionLog, Membership, Project, Role, User
from curation.projects.open_project import open_project
from curation.subjects.add_subject import add_subject
from curation.subjects.models import Act, Basis, Subject
from curation.subjects.record_consent import record_consent
from curation.votes.models import Vote
from curation.votes.tallies import tally_of
from curation.votes.voting_rule import Outcome, outcome

SLUG = "scale"
NUM_VOLUNTEERS = 12


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
    images, measures = add_images(subject, num, admin, chance)
    batches = add_batches(subject, images[: num - num // 10], admin)
    stories: list[Story] = []
    for batch, its_images in batches:
        voters = [volunteers[(batch.number + n) % NUM_VOLUNTEERS] for n in (0, 1, 5)]
        # The first is, by any chance: however few there are, some images are kept.
        is_judged = chance.random() < judged or (judged > 0 and batch.number == 1)
        if not is_judged and batch.number % 2:
            voters = voters[:1]
        add_leases(batch, voters, admin)
        is_touched = is_judged or batch.number % 2
        stories += [(image, said_of(voters, chance) if is_touched else []) for image in its_images]
        if is_judged and chance.random() < 0.5:
            batch.closed_at = timezone.now()
    Batch.objects.bulk_update([batch for batch, _images in batches], ["closed_at"], AT_ONCE)
    batch_of = {image.pk: batch for batch, its_images in batches for image in its_images}
    add_votes(subject, stories, batch_of, chance)
    add_rulings(stories, admin, chance)
    _add_hints(subject, measures, stories, seed=chance.getrandbits(32))


def _add_hints(
    subject: Subject, measures: list[Measures], stories: list[Story], *, seed: int
) -> None:
    """What the machine suspects, and mostly what people said as well."""
    became = {image.pk: outcome(tally_of([each for _who, each in said])) for image, said in stories}
    decided = (Outcome.KEPT, Outcome.REJECTED)
    rejected = {pk: each is Outcome.REJECTED for pk, each in became.items() if each in decided}
    hints = hints_on(subject, measures, rejected, seed)
    write_all(Measures, measures)
    write_all(Hint, hints)
    add_fitting(subject, measures, rejected)


def _num_votes(subject: Subject) -> int:
    return Vote.objects.filter(image__subject=subject).count()
