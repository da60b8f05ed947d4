"""The demo project: people who do not exist, work that is done, work that is left, and gold."""

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
from curation.gold.mark_gold import mark_gold
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
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

FOLDER = ROOT / "demo"
SLUG = "demo"
LOGINS = (Role.VOLUNTEER, Role.ORGANISER, Role.ADMIN)
"""Each role has one login, called like the role."""
HELPERS = ("mei", "tao", "jun")
"""Invented helpers who have voted already; nobody can sign in as them."""
BATCH_SIZE = 25
GOLD_EACH, GOLD_KEPT = 2, 9
"""Gold pictures of each reason that one picture alone can show, and of what is to be kept: enough
to practise on and to be hidden in the first batch. The others fill whole batches."""
NOTE_ON_EVE = "这是 Eve：脸更长，下巴更尖。 This is Eve: a longer face, a pointed chin."


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """The right answer for a demo picture."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    people: str = ""
    """Who is in it, joined by semicolons."""


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
    for folder in _folders():
        _import(ada, folder, FOLDER / "cleaning" / folder, admin)
    _mark_gold(ada, people[Role.ORGANISER])
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


def _mark_gold(ada: Subject, organiser: User) -> None:
    """Before batches are cut, which leave it out. Its pictures lie spread over all folders."""
    found = Image.objects.filter(subject=ada, provenances__source__label__in=_folders())
    by_path = {_path_of(image): image.pk for image in found.order_by("number").distinct()}
    labels = {path: label for path, label in _labels().items() if path in by_path}
    for reasons in [(), *((reason,) for reason in Reason if reason != Reason.DUPLICATE)]:
        paths = [path for path, label in labels.items() if label.reasons == reasons]
        for path in _spread(paths, GOLD_EACH if reasons else GOLD_KEPT):
            mark_gold(
                subject=ada,
                images=Image.objects.filter(pk=by_path[path]),
                verdict=labels[path].verdict,
                reasons=reasons,
                note=NOTE_ON_EVE if labels[path].people == "eve" else "",
                to_judge=(),
                actor=organiser,
            )


def _spread(paths: list[str], num: int) -> list[str]:
    """So many of them, as far apart as they can be."""
    return [paths[(2 * place + 1) * len(paths) // (2 * num)] for place in range(num)]


def _judge_some(batches: list[Batch], people: dict[str, User]) -> None:
    """Leave every kind of work behind: untouched, half judged, contested, decided."""
    organiser, labels = people[Role.ORGANISER], _labels()

    def rightly(item: BatchItem) -> Label:
        return labels[_path_of(item.image)]

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


def _folders() -> list[str]:
    return sorted(path.name for path in (FOLDER / "cleaning").iterdir() if path.is_dir())


def _path_of(image: Image) -> str:
    place = Provenance.objects.filter(image=image).select_related("source").earliest("id")
    return f"{place.source.label}/{place.path}"


def _labels() -> dict[str, Label]:
    with (FOLDER / "cleaning" / "labels.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["path"]: Label(
                verdict=Verdict(row["verdict"]),
                reasons=tuple(Reason(code) for code in row["reasons"].split(";") if code),
                people=row["identities"],
            )
            for row in csv.DictReader(file)
        }
