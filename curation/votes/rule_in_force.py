"""By which rule, exactly, a subject's votes decide now: what a release names."""

from __future__ import annotations

from curation.projects.models import Project, Rule
from curation.subjects.models import Subject
from curation.votes.models import ALL, Fit
from curation.votes.voting_rule import RULE_VERSION
from curation.votes.weighing import WEIGHTED_VERSION

DIGITS = 16
"""Of a fit's digest: enough to tell it from all others."""


def rule_in_force(subject: Subject) -> str:
    """The plain rule's version; else the weighted one's with the digest of the subject's fit.

    While images are weighed by a new fit piece by piece, both are named. Two queries.
    """
    project = Project.objects.get(pk=subject.project_id)
    if project.rule == Rule.PLAIN:
        return str(RULE_VERSION)
    fits = Fit.objects.filter(subject=subject, applied_to__gt=0).order_by("-number")
    named, furthest = [], 0
    for digest, applied_to in fits.values_list("digest", "applied_to"):
        if applied_to > furthest:
            named.append(f"fit {digest[:DIGITS]}")
            furthest = applied_to
        if applied_to == ALL:
            break
    return " ".join([WEIGHTED_VERSION, *named])
