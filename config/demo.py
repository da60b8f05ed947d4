"""The demo project: people who do not exist, with work already done and work left to do."""

from __future__ import annotations

import csv
import datetime as dt
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from config.env import ROOT
from curation.batches.assign_batch import assign_batch
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Batch, BatchItem
from curation.files import kept_private
from curation.manual.reasons import Reason
from curation.projects.days import today_in
from curation.projects.models import Membership, Project, Role, User
from curation.projects.open_project import open_project
from curation.releases.freeze_release import freeze_release
from curation.sources.models import Provenance, Source, SourceKind
from curation.sources.run_import import ImportProgress
from curation.sources.start_import import import_now
from curation.subjects.add_look_alike import add_look_alike
from curation.subjects.add_portrait import add_portrait
from curation.subjects.add_subject import add_subject
from curation.subjects.models import Act, Basis, Subject
from curation.subjects.record_consent import record_consent
from curation.votes.cast_vote import cast_vote
from curation.votes.models import Verdict

FOLDER = ROOT / "demo"
SLUG = "demo"
LOGINS = (Role.VOLUNTEER, Role.ORGANISER, Role.ADMIN)
"""Each role has one login, called like the role."""
HELPERS = ("mei", "tao", "jun")
"""Invented helpers who have voted already; nobody can sign in as them."""
BATCH_SIZE = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """The right answer for a demo picture."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


def logins(data_dir: Path) -> dict[str, str]:
    """The demo's passwords by user name, made once and kept where only their owner can read."""

    def make() -> str:
        return json.dumps({role.value: secrets.token_urlsafe(9) for role in LOGINS}, indent=2)

    kept: dict[str, str] = json.loads(kept_private(data_dir / "demo-logins.json", make))
    return kept


def is_loaded() -> bool:
    return Project.objects.filter(slug=SLUG).exists()


@transaction.atomic
def load_demo(*, passwords: dict[str, str], report: Callable[[str], None]) -> None:
    """Load all of the demo or, when this is killed, nothing of it."""
    people = _people(passwords)
    admin = people[Role.ADMIN]
    project = open_project(name="Demo · 演示", slug=SLUG, actor=None, admin=admin)
    for name, role in [(role.value, role) for role in LOGINS[:2]] + [
        (helper, Role.VOLUNTEER) for helper in HELPERS
    ]:
        Membership.objects.create(project=project, user=people[name], role=role)
    ada = _subject(project, "ada", "Ada", admin)
    bob = _subject(project, "bob", "Bob", admin)
    add_look_alike(
        subject=ada,
        name="Eve",
        how_to_tell="Eve 的脸更长、下巴更尖，眉毛更直。 Eve has a longer face, a pointed chin and "
        "straighter brows.",
        data=(FOLDER / "portraits" / "eve_1.jpg").read_bytes(),
        file_name="eve_1.jpg",
        actor=admin,
    )
    for subject in (ada, bob):
        report(f"Importing the studio pictures of {subject} …")
        _import(subject, "studio", FOLDER / "pair" / subject.slug, admin)
        for batch in cut_batches(subject=subject, size=100, actor=admin):
            _vote(batch, people["mei"], _keep_all, admin)
            _vote(batch, people["tao"], _keep_all, admin)
        freeze_release(subject=subject, actor=admin)
    report("Importing found pictures of Ada, with everything that such pictures have …")
    for folder in sorted(path for path in (FOLDER / "cleaning").iterdir() if path.is_dir()):
        _import(ada, folder.name, folder, admin)
    _judge_some(cut_batches(subject=ada, size=BATCH_SIZE, actor=admin), people)


def _people(passwords: dict[str, str]) -> dict[str, User]:
    people = {
        name: User.objects.create_user(name, password=password)
        for name, password in passwords.items()
    }
    return people | {name: User.objects.create_user(name) for name in HELPERS}


def _subject(project: Project, slug: str, name: str, admin: User) -> Subject:
    subject = add_subject(project=project, name=name, slug=slug, actor=admin)
    record_consent(
        subject=subject,
        basis=Basis.INVENTED_PERSON,
        acts=list(Act),
        signed_by="Winnow",
        evidence=(FOLDER / "README.md").read_bytes(),
        evidence_name="README.txt",
        valid_from=today_in(project) - dt.timedelta(days=1),
        actor=admin,
    )
    for path in sorted((FOLDER / "portraits").glob(f"{slug}_*.jpg")):
        add_portrait(subject=subject, data=path.read_bytes(), name=path.name, actor=admin)
    return subject


def _import(subject: Subject, label: str, path: Path, admin: User) -> None:
    def quietly(progress: ImportProgress) -> None: ...

    source = Source.objects.create(
        subject=subject, label=label, licence_note="ICT-FaceKit, MIT; see demo/README.md"
    )
    import_now(
        source=source,
        kind=SourceKind.FOLDER,
        path=path,
        given_as=str(path.relative_to(ROOT)),
        actor=admin,
        on_progress=quietly,
    )


def _judge_some(batches: list[Batch], people: dict[str, User]) -> None:
    """Leave every kind of work behind: untouched, half judged, contested, decided."""
    organiser, labels = people[Role.ORGANISER], _labels()

    def rightly(item: BatchItem) -> Label:
        return labels[_path_of(item)]

    def wrongly_at_times(item: BatchItem) -> Label:
        if item.position % 6:
            return rightly(item)
        if rightly(item).verdict == Verdict.REJECT:
            return Label(verdict=Verdict.KEEP, reasons=())
        return Label(verdict=Verdict.REJECT, reasons=(Reason.BLURRY,))

    def unsure_at_times(item: BatchItem) -> Label | None:
        return None if item.position % 6 else Label(verdict=Verdict.UNSURE, reasons=())

    first, second, third, *_ = batches
    _vote(first, people["mei"], rightly, organiser)
    _vote(third, people["mei"], rightly, organiser)
    _vote(third, people["tao"], wrongly_at_times, organiser)
    _vote(third, people["jun"], unsure_at_times, organiser)
    for batch in (first, second):
        assign_batch(batch=batch, volunteer=people[Role.VOLUNTEER], actor=organiser)


def _vote(
    batch: Batch, who: User, answer: Callable[[BatchItem], Label | None], organiser: User
) -> None:
    assign_batch(batch=batch, volunteer=who, actor=organiser)
    for item in BatchItem.objects.filter(batch=batch).select_related("image").order_by("position"):
        label = answer(item)
        if label is not None:
            cast_vote(
                item_id=item.pk,
                volunteer=who,
                verdict=label.verdict,
                reasons=label.reasons,
                client_key=uuid.uuid4(),
            )


def _keep_all(item: BatchItem) -> Label:
    return Label(verdict=Verdict.KEEP, reasons=())


def _path_of(item: BatchItem) -> str:
    place = Provenance.objects.filter(image=item.image).select_related("source").earliest("id")
    return f"{place.source.label}/{place.path}"


def _labels() -> dict[str, Label]:
    with (FOLDER / "cleaning" / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["path"]: Label(
                verdict=Verdict(row["verdict"]),
                reasons=tuple(Reason(code) for code in row["reasons"].split(";") if code),
            )
            for row in csv.DictReader(file)
        }
