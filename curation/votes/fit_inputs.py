"""All that a fit is made from: votes, answers to gold, frozen scores, what earlier fits found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Max, Q
from numpy.typing import NDArray

from curation.gold.models import Gold, GoldAnswerEvent
from curation.images.models import Image
from curation.jobs import JobState
from curation.manual.reasons import split_reasons
from curation.subjects.models import Subject
from curation.votes.aggregation.answers import ANSWERS, TRUTHS, said, truths_of
from curation.votes.aggregation.carry_over import first_prior
from curation.votes.aggregation.dawid_skene import Known, Prior, Rows, Votes
from curation.votes.aggregation.evidence import leaning, machine_log_odds
from curation.votes.beliefs import Said, beliefs_of, digest_of
from curation.votes.models import Fit, ImageTally, Vote, VoteEvent

Answers = list[tuple[int, Said]]
"""Images by their ids, with who said what of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """What `dawid_skene` takes, and where it is from."""

    people: NDArray[np.int64]
    """(P,) the ids of users, in order; the prior has one row more, for anybody else."""
    votes: Votes
    known: Known
    prior: Prior
    base: float
    """What the frozen scores of pictures with votes are on average; not a number without any."""
    earlier: Fit | None
    """What the prior was carried over from."""
    num_votes: int
    num_gold: int
    last_event: int

    def digest(self) -> str:
        """The same for the same, and no other."""
        arrays: Iterable[NDArray[np.generic]] = (
            *(self.people, np.array([self.base])),
            *(self.votes.pictures, self.votes.people, self.votes.said),
            *(self.known.strata, self.known.leanings, self.known.truths),
            *(self.prior.truths, self.prior.answers, self.prior.carried),
        )
        return digest_of(
            part
            for array in arrays
            for part in (
                f"{array.dtype.str}{array.shape}".encode(),
                np.ascontiguousarray(array).tobytes(),
            )
        )


def inputs_of(subject: Subject) -> Inputs:
    """As they are now. Eight queries, behind no lock: each table is read at one moment."""
    last_event = VoteEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    present = {"image__subject": subject, "image__purged_at": None}
    cast = [
        (image, (who, verdict, codes))
        for image, who, verdict, codes in Vote.objects.filter(**present)
        .order_by()
        .values_list("image", "volunteer", "verdict", "reason_codes")
    ]
    answers = first_answers(subject)
    earlier = _earlier(subject)
    before = beliefs_of(earlier.digest if earlier else "")
    own = {who for _image, (who, _verdict, _codes) in (*cast, *answers)}
    people = np.array(sorted({*own, *before.people.tolist()}), np.int64)
    images = np.array(sorted({image for image, _said in (*cast, *answers)}), np.int64)
    known, base = _known(subject, images, {image for image, _said in cast})
    return Inputs(
        people=people,
        votes=_votes([*cast, *answers], images, people),
        known=known,
        prior=before.prior_for(people) if earlier else first_prior(len(people) + 1),
        base=base,
        earlier=earlier,
        num_votes=len(cast),
        num_gold=len(answers),
        last_event=last_event,
    )


def first_answers(subject: Subject) -> Answers:
    """What people said of gold at first sight, practising or not, but for who marked it."""
    events = GoldAnswerEvent.objects.filter(
        ~Q(verdict=""),
        image__subject=subject,
        image__purged_at=None,
        image__gold__isnull=False,
    ).exclude(image__gold__marked_by=F("person"))
    first: dict[tuple[int, int], Said] = {}
    for image, who, verdict, codes in events.order_by("pk").values_list(
        "image", "person", "verdict", "reason_codes"
    ):
        first.setdefault((image, who), (who, verdict, codes))
    return [(image, answer) for (image, _who), answer in first.items()]


def _earlier(subject: Subject) -> Fit | None:
    """The newest fit of the nearest subject that the project had before this one and that has any:
    what was known before is in it."""
    fits = Fit.objects.filter(
        subject__project=subject.project_id, subject__lt=subject.pk, state=JobState.DONE
    ).exclude(digest="")
    return fits.defer("data").order_by("-subject", "-number").first()


def _known(subject: Subject, images: NDArray[np.int64], voted_on: set[int]) -> tuple[Known, float]:
    """What is known of the images besides votes, and the base of their scores."""
    gold = dict(
        Gold.objects.filter(image__subject=subject, image__purged_at=None).values_list(
            "image", "reason_codes"
        )
    )
    near, scores = _frozen(subject)
    scored = [scores[image] for image in sorted(voted_on & scores.keys())]
    base = math.fsum(scored) / len(scored) if scored else math.nan
    strata = np.zeros(len(images), np.intp)
    leanings, truths = (np.zeros((len(images), len(TRUTHS))) for _ in range(2))
    for place, image in enumerate(images.tolist()):
        is_near = image in near
        strata[place] = is_near
        if image in scores and scored:
            machine = machine_log_odds(scores[image], base)
            leanings[place] = leaning(machine, look_alike_near=is_near)
        if image in gold:
            truths[place] = truths_of(split_reasons(gold[image]), look_alike_near=is_near)
    return Known(strata, leanings, truths), base


def _frozen(subject: Subject) -> tuple[set[int], Mapping[int, float]]:
    """Which images may show a look-alike, and the frozen scores."""
    unseen = subject.look_alikes.filter(sha256="").exists()
    images = Image.objects.filter(subject=subject, purged_at=None).order_by()
    near = images.filter(Q(measures__near_another=True) | Q(tally__look_alike_near=True))
    ids = (images if unseen else near).values_list("pk", flat=True)
    tallies = ImageTally.objects.filter(subject=subject).values_list("image", "keep_score")
    return set(ids), {image: score for image, score in tallies if score is not None}


def _votes(cast: Answers, images: NDArray[np.int64], people: NDArray[np.int64]) -> Votes:
    combined = sorted({(verdict, codes) for _image, (_who, verdict, codes) in cast})
    rows = {each: row for row, each in enumerate(combined)}
    shares: Rows = np.zeros((len(combined), len(ANSWERS)))
    for (verdict, codes), row in rows.items():
        shares[row] = said(verdict, split_reasons(codes))
    which = [rows[verdict, codes] for _image, (_who, verdict, codes) in cast]
    places = np.searchsorted(images, np.array([image for image, _said in cast], np.int64))
    who = np.searchsorted(people, np.array([of[0] for _image, of in cast], np.int64))
    return Votes(places, who, shares[np.array(which, np.intp)])
