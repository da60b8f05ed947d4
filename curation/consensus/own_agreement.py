"""How one person's votes compare with what others say of the same pictures."""

from __future__ import annotations

from collections import defaultdict

from curation.consensus.agreement import Agreement, Opinion, agreements, voice_of
from curation.consensus.decision_rule import decide
from curation.consensus.models import Ruling, Told
from curation.manual.reasons import split_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import Project, User
from curation.votes.models import Vote
from curation.votes.tallies import unpacked
from curation.votes.voting_rule import Outcome, Tally

NEWEST = 3000
"""So many of the newest votes are compared: what somebody did long ago says little of them now."""


def agreement_of(person: User, project: Project) -> dict[str, Agreement]:
    """By reason and for "keep": the person's newest votes on the project's decided pictures.

    Compared with what the others say without them; where they were told what others think and
    changed their vote, by what they had said before. Four queries.
    """
    newest = Vote.objects.filter(
        volunteer=person, image__subject__project=project, image__purged_at=None
    ).order_by("-cast_at", "-pk")[:NEWEST]
    mine = {image: _opinion(*said) for image, *said in newest.values_list(*_COLUMNS)}
    judged = list(mine)
    for image, *said in (
        Told.objects.filter(image__in=judged).filter(volunteer=person).values_list(*_COLUMNS)
    ):
        mine[image] = _opinion(*said)
    others: dict[int, list[Opinion]] = defaultdict(list)
    tallies: dict[int, Tally] = {}
    for who, packed, image, *said in Vote.objects.filter(image__in=judged).values_list(
        "volunteer", "image__tally__packed", *_COLUMNS
    ):
        tallies[image] = unpacked(packed or 0)
        if who != person.pk:
            others[image].append(_opinion(*said))
    rulings = {
        i: _opinion(*said)
        for i, *said in Ruling.objects.filter(image__in=judged).values_list(*_COLUMNS)
    }
    pairs = []
    for image, own in mine.items():
        ruling = rulings.get(image)
        outcome = decide(tallies[image], Verdict(ruling.verdict) if ruling else None)
        voice = voice_of(others[image], ruling)
        if voice and outcome in (Outcome.KEPT, Outcome.REJECTED):
            pairs.append((own, voice))
    return agreements(pairs)


_COLUMNS = ("image", "verdict", "reason_codes")


def _opinion(verdict: str, codes: str) -> Opinion:
    return Opinion(verdict, tuple(split_reasons(codes)))
