"""What the votes on a picture weigh, each thing by itself, and how true such odds have been."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from curation.consensus.cases import Case
from curation.gold.models import Gold
from curation.images.models import Image
from curation.manual.verdicts import Verdict
from curation.projects.models import Rule, User
from curation.subjects.models import Subject
from curation.votes.aggregation.answers import KEEP, TRUTHS
from curation.votes.aggregation.evidence import Evidence, Kind, odds_of, weigh
from curation.votes.aggregation.stopping import STOPPING
from curation.votes.beliefs import Beliefs, Record, Said, beliefs_of
from curation.votes.fit_inputs import first_answers
from curation.votes.models import Fit, ImageTally, Vote
from curation.votes.tallies import numbers_that_occur, unpacked
from curation.votes.voting_rule import Outcome, outcome
from curation.votes.weighing import scales_of

MOST = 4000
"""Pictures by which it is seen how true the odds are: more say the same to two digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaks:
    """One thing that speaks for keeping a picture or against it."""

    kind: Kind
    vote: Vote | None
    record: Record | None
    """Of who cast it."""
    log_odds: float
    """By how much it moved them: above 0 for keeping."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """All that is on the scales for one picture."""

    speaks: tuple[Speaks, ...]
    share_kept: float
    """Of the subject's pictures, or of those near a look-alike where this is one."""
    evidence: Evidence
    is_watched: bool
    """Whether it is one of those that get their full votes whatever the odds."""
    look_alike_near: bool
    has_fit: bool
    """Whether people's votes were compared yet; before, everybody is believed alike."""


def weights_of(case: Case) -> Weights | None:
    """What the votes on a case weigh. Two queries.

    None where weight does not count, while nobody has voted, and where the viewer may not see the
    votes, as they are to judge the picture first.
    """
    if case.blindfold.hides_votes or not case.votes or case.decision.tally.weighed is None:
        return None
    [(scale, _votes)] = scales_of("%s", (case.image.pk,))
    beliefs = beliefs_of(scale.fit)
    votes = [spoken.vote for spoken in case.votes]
    shares = beliefs.shares(look_alike_near=scale.look_alike_near)
    evidence = weigh(
        shares,
        [beliefs.heard((v.volunteer_id, v.verdict, v.reason_codes)) for v in votes],
        machine=beliefs.machine(scale.keep_score),
        look_alike_near=scale.look_alike_near,
    )
    cast = iter(votes)
    speaks = []
    for factor in evidence.factors:
        vote = next(cast) if factor.kind is Kind.VOTE else None
        record = beliefs.record_of(vote.volunteer_id) if vote else None
        speaks.append(Speaks(kind=factor.kind, vote=vote, record=record, log_odds=factor.log_odds))
    return Weights(
        speaks=tuple(speaks),
        share_kept=shares[TRUTHS.index(KEEP)],
        evidence=evidence,
        is_watched=scale.is_watched,
        look_alike_near=scale.look_alike_near,
        has_fit=bool(scale.fit),
    )


def newest_fit(subject: Subject) -> Fit | None:
    """The fit that was asked for last, made or not, without its matrices. One query."""
    return Fit.objects.filter(subject=subject).defer("data").order_by("-number").first()


def records_in(subject: Subject) -> list[tuple[User, Record]]:
    """What is believed of each who judged the subject's pictures, by name. Three queries."""
    fits = Fit.objects.filter(subject=subject, applied_to__gt=0).order_by("-number")
    digest = fits.values_list("digest", flat=True).first()
    if not digest:
        return []
    beliefs = beliefs_of(digest)
    people = User.objects.filter(pk__in=beliefs.people.tolist()).order_by("username")
    records = [(person, beliefs.record_of(person.pk)) for person in people]
    return [(person, record) for person, record in records if record.num_answers]


@dataclass(frozen=True, slots=True, eq=False)
class Trueness:
    """Of pictures whose answer is known: what the odds after one answer were, and what is so."""

    suspicion: NDArray[np.float64]
    """(N,) how likely they were to be rejected, 0 to 1."""
    rejected: NDArray[np.bool_]
    """(N,)."""
    num_watched: int


def trueness_of(subject: Subject) -> Trueness:
    """On watched pictures that got their full votes, and on gold. At most eight queries.

    Of a watched picture the first vote alone is weighed, and compared with what all of them
    decided; of gold each first answer, without the machine. None is a picture of which a vote is
    wanted, so nobody is told what they may yet be asked.
    """
    if subject.project.rule != Rule.WEIGHTED:
        return Trueness(np.zeros(0), np.zeros(0, np.bool_), 0)
    watched = _watched(subject)
    found = watched + _gold(subject)
    return Trueness(
        np.array([1 / (1 + math.exp(log_odds)) for log_odds, _rejected in found]),
        np.array([rejected for _log_odds, rejected in found], np.bool_),
        len(watched),
    )


def _watched(subject: Subject) -> list[tuple[float, bool]]:
    came = {number: unpacked(number) for number in numbers_that_occur(subject)}
    over = {
        number: outcome(tally) is Outcome.REJECTED
        for number, tally in came.items()
        if tally.total >= STOPPING.full_votes and outcome(tally) in (Outcome.KEPT, Outcome.REJECTED)
    }
    tallies = ImageTally.objects.filter(subject=subject, packed__in=list(over)).order_by(
        "-image_id"
    )
    ids = list(tallies.values_list("image", flat=True)[:MOST])
    first = _first_votes(Image.objects.filter(pk__in=ids))
    which = ", ".join(map(str, ids)) or "NULL"
    found = []
    for scale, _votes in scales_of(which, ()):
        # One may have got another vote since: then it is left out.
        if scale.is_watched and scale.packed in over and scale.image_id in first:
            beliefs, vote = beliefs_of(scale.fit), first[scale.image_id]
            log_odds = _odds(beliefs, vote, scale.keep_score, near=scale.look_alike_near)
            found.append((log_odds, over[scale.packed]))
    return found


def _first_votes(images: QuerySet[Image]) -> dict[int, Said]:
    first: dict[int, Said] = {}
    votes = Vote.objects.filter(image__in=images).order_by("cast_at", "pk")
    for image, who, verdict, codes in votes.values_list(
        "image", "volunteer", "verdict", "reason_codes"
    ):
        first.setdefault(image, (who, verdict, codes))
    return first


def _gold(subject: Subject) -> list[tuple[float, bool]]:
    fits = Fit.objects.filter(subject=subject, applied_to__gt=0).order_by("-number")
    beliefs = beliefs_of(fits.values_list("digest", flat=True).first() or "")
    known = dict(Gold.objects.filter(image__subject=subject).values_list("image", "verdict"))
    return [
        (_odds(beliefs, answer, None, near=False), known[image] == Verdict.REJECT)
        for image, answer in first_answers(subject)[-MOST:]
        if image in known
    ]


def _odds(beliefs: Beliefs, vote: Said, score: float | None, *, near: bool) -> float:
    return odds_of(
        beliefs.shares(look_alike_near=near),
        [beliefs.heard(vote)],
        machine=beliefs.machine(score),
        look_alike_near=near,
    ).log_odds
