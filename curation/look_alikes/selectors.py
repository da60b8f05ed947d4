"""Whom volunteers take for the subject: found in what they kept and others rejected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from curation.analysis.models import Face
from curation.consensus.blind import blindfolds_of
from curation.consensus.models import Ruling
from curation.consensus.selectors import decisions_on
from curation.gold.models import Gold, GoldAnswer
from curation.images.models import Image
from curation.look_alikes.models import ProposalAnswer
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.vision.same_person import same_person
from curation.votes.models import Vote
from curation.votes.voting_rule import Outcome

FEWEST = 3
"""Pictures that make a proposal: one mistake is nobody's likeness."""
SHOWN = 3
MOST = 1000
"""So many of the newest mistakes are compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Somebody who was kept by mistake: the largest group of like faces among such pictures."""

    images: tuple[Image, ...]
    """The most typical first."""

    @property
    def shown(self) -> tuple[Image, ...]:
        return self.images[:SHOWN]


def proposal_for(subject: Subject, *, viewer: User) -> Proposal | None:
    """Whom to warn of next, if anybody. At most eight queries.

    Without pictures that the viewer may still be asked for, and without people who look like
    somebody whom an organiser has answered for already.
    """
    mistaken = _mistaken(subject, viewer)
    if len(mistaken) < FEWEST:
        return None
    answers = ProposalAnswer.objects.filter(subject=subject)
    answered = set(answers.values_list("image", flat=True))
    faces = _largest_faces({*mistaken, *answered})
    ids = list(faces)
    if not ids:
        return None
    for group in same_person(np.array([faces[pk] for pk in ids], np.float32)):
        members = [ids[row] for row in group]
        is_new = answered.isdisjoint(members)
        if is_new and len(members) >= FEWEST:
            return Proposal(images=tuple(mistaken[pk] for pk in members))
    return None


def _mistaken(subject: Subject, viewer: User) -> dict[int, Image]:
    """By id, the pictures that are of somebody else, but that somebody kept. Six queries."""
    this = {"image": OuterRef("pk")}
    absent = {"reason_codes__contains": Reason.SUBJECT_ABSENT.value}
    kept = Q(Exists(Vote.objects.filter(**this, verdict=Verdict.KEEP)))
    kept |= Q(Exists(GoldAnswer.objects.filter(**this, verdict=Verdict.KEEP)))
    of_another = Q(Exists(Vote.objects.filter(**this, **absent)))
    of_another |= Q(Exists(Ruling.objects.filter(**this, **absent)))
    is_gold = Q(Exists(Gold.objects.filter(**this, **absent)))
    found = Image.objects.filter(kept, of_another | is_gold, subject=subject, purged_at=None)
    newest = found.order_by("-pk").values_list("pk", flat=True)[:MOST]
    images = Image.objects.filter(pk__in=list(newest))
    gold = set(images.filter(is_gold).values_list("pk", flat=True))
    blindfolds = blindfolds_of(viewer, images)
    sure = {
        each.image_id
        for each in decisions_on(images)
        if each.image_id in gold
        or (each.outcome is Outcome.REJECTED and Reason.SUBJECT_ABSENT in each.reasons)
    }
    return {
        image.pk: image
        for image in images
        if image.pk in sure and not blindfolds[image.pk].hides_votes
    }


def _largest_faces(image_ids: Iterable[int]) -> dict[int, NDArray[np.float32]]:
    """Of each image with one, the descriptor of its largest face, in their order. One query."""
    faces = Face.objects.filter(analysis__image__in=list(image_ids), position=1)
    rows = faces.order_by("analysis__image").values_list("analysis__image", "descriptor")
    return {pk: np.frombuffer(descriptor, "<f4") for pk, descriptor in rows if descriptor}
