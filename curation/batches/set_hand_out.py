"""Use case: an organiser says how a subject's work hands itself out, and starts or stops it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.assign_batch import LONGEST_DAYS
from curation.batches.cut_batches import LARGEST_SIZE
from curation.batches.lock import lock_subject
from curation.batches.models import HandOut, Order
from curation.errors import InvalidInput
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import Membership, User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject

MOST_AT_ONCE = 5
"""So many people may be at a batch at once; more votes than that no rule asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOutSettings:
    """How work hands itself out; as it is where nobody said otherwise."""

    for_everybody: bool = True
    people: frozenset[int] = frozenset()
    """The keys of those who are named."""
    size: int = 50
    days: int = 3
    overlap: int = 2
    most_each: int | None = None
    order: Order = Order.NUMBER


def settings_of(row: HandOut | None) -> HandOutSettings:
    """What a subject's row says, or how it is where there is none. One query."""
    if row is None:
        return HandOutSettings()
    return HandOutSettings(
        for_everybody=row.for_everybody,
        people=frozenset(row.people.values_list("pk", flat=True)),
        size=row.size,
        days=row.days,
        overlap=row.overlap,
        most_each=row.most_each,
        order=Order(row.order),
    )


@transaction.atomic
def set_hand_out(
    *,
    subject: Subject,
    settings: HandOutSettings | None = None,
    is_open: bool,
    actor: User | None,
) -> HandOut:
    """Let work on the subject be taken, or no further; by new `settings` if there are any.

    Who holds a batch goes on with it in either case. Doing it twice changes nothing.
    Raises NotAllowed, InvalidInput, or ConsentMissing when it is to be open.
    """
    require(actor, ORGANISE, subject.project)
    if is_open:
        require_consent(subject, Act.CURATE)
    else:
        lock_subject(subject.pk)
    before = settings_of(HandOut.objects.filter(subject=subject).first())
    said = settings or before
    if settings is not None:
        _require_sound(settings, subject)
    row, _created = HandOut.objects.get_or_create(subject=subject)
    was_open = row.opened_at is not None
    fields = asdict(said)
    people = fields.pop("people")
    for name, value in fields.items():
        setattr(row, name, value)
    if is_open != was_open:
        row.opened_at = timezone.now() if is_open else None
    row.save()
    row.people.set(people)
    if said != before:
        log.record(
            "subject.hand_out",
            actor=actor,
            project=subject.project,
            target=subject,
            **fields,
            people=sorted(User.objects.filter(pk__in=people).values_list("username", flat=True)),
        )
    if is_open != was_open:
        act = "subject.open" if is_open else "subject.close"
        log.record(act, actor=actor, project=subject.project, target=subject)
    return row


def _require_sound(settings: HandOutSettings, subject: Subject) -> None:
    for value, most, words in (
        (settings.size, LARGEST_SIZE, _("A batch has between 1 and %(most)d images.")),
        (settings.days, LONGEST_DAYS, _("A lease lasts between 1 and %(most)d days.")),
        (
            settings.overlap,
            MOST_AT_ONCE,
            _("Between 1 and %(most)d people hold a batch at once."),
        ),
    ):
        if not 1 <= value <= most:
            raise InvalidInput(words % {"most": most})
    if settings.most_each is not None and settings.most_each < 1:
        raise InvalidInput(_("The most for each person is 1 or more; leave it blank for no limit."))
    if not settings.for_everybody and not settings.people:
        raise InvalidInput(_("Say for whom: choose everybody, or name at least one person."))
    members = Membership.objects.filter(project=subject.project_id, user__in=settings.people)
    if members.count() != len(settings.people):
        raise InvalidInput(_("Only members of this project can be named."))
