"""Use cases: an organiser names somebody who was proposed as a look-alike, or dismisses them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curation.batches.lock import lock_subject
from curation.images.derived import Derived, derived_bytes
from curation.images.spans import spans
from curation.look_alikes.errors import ProposalGone
from curation.look_alikes.models import ProposalAnswer
from curation.look_alikes.selectors import Proposal, proposal_for
from curation.projects import log
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.add_look_alike import add_look_alike
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, LookAlike, Subject


def name_proposed(
    *, subject: Subject, first: int, name: str, how_to_tell: str, actor: User
) -> LookAlike:
    """Warn of whoever is proposed, with the most typical picture of them.

    `first` is the number of that picture, as the organiser saw it. The picture becomes a served
    copy, as one that was sent would. Raises NotAllowed, ConsentMissing, ProposalGone, InvalidInput,
    UnusablePicture or Busy.
    """
    require(actor, ORGANISE, subject.project)
    with transaction.atomic():
        proposal = _held(subject, first, actor)
        picture = proposal.images[0]
        look_alike = add_look_alike(
            subject=subject,
            name=name,
            how_to_tell=how_to_tell,
            data=derived_bytes(picture, Derived.PREVIEW),
            file_name=picture.name,
            actor=actor,
        )
        _answer(proposal, subject, look_alike, actor)
    return look_alike


@transaction.atomic
def dismiss_proposed(*, subject: Subject, first: int, actor: User) -> None:
    """Warn of nobody for these pictures: whoever looks like them is not proposed again.

    Raises NotAllowed, ConsentMissing or ProposalGone.
    """
    require(actor, ORGANISE, subject.project)
    proposal = _held(subject, first, actor)
    _answer(proposal, subject, None, actor)
    log.record(
        "look_alike.dismiss",
        actor=actor,
        project=subject.project,
        target=subject,
        images=len(proposal.images),
        numbers=spans([image.number for image in proposal.images]),
    )


def _held(subject: Subject, first: int, actor: User) -> Proposal:
    """The proposal that the organiser saw, while nobody else can answer it."""
    lock_subject(subject.pk)
    require_consent(subject, Act.CURATE)
    proposal = proposal_for(subject, viewer=actor)
    if proposal is None or proposal.images[0].number != first:
        raise ProposalGone(_("This proposal has changed meanwhile. Look at the page again."))
    return proposal


def _answer(
    proposal: Proposal, subject: Subject, look_alike: LookAlike | None, actor: User
) -> None:
    ProposalAnswer.objects.bulk_create(
        ProposalAnswer(
            image=image,
            subject=subject,
            look_alike=look_alike,
            answered_by=actor,
            answered_at=timezone.now(),
        )
        for image in proposal.images
    )
