"""Votes that were given by an older text of the manual than the one in force, to look at again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from curation.manual.models import ManualReason
from curation.manual.reasons import Reason, split_reasons
from curation.manual.selectors import changed_reasons
from curation.manual.verdicts import Verdict
from curation.projects.models import Project
from curation.subjects.models import Subject
from curation.votes.models import ImageTally, Vote
from curation.votes.tallies import unpacked
from curation.votes.voting_rule import votes_wanted


@dataclass(frozen=True, kw_only=True, slots=True)
class OldText:
    """A reason whose meaning changed, and the votes that named it before."""

    reason: ManualReason
    """As it has been since; its version is the first with this meaning."""
    num_pictures: dict[Subject, int]
    """By subject, by name: how many pictures have such a vote. None that has none."""


def votes_by_old_text(project: Project) -> list[OldText]:
    """For each reason whose definition or exclusion changed, the pictures that were rejected for it
    by a vote from before.

    Only pictures that ask for no further vote are counted: votes on others are blind. The filter
    `old_text` of the grid lists the same. Four queries.
    """
    changed = changed_reasons(project)
    if not changed:
        return []
    pictures = _rejected_before(
        project, {Reason(each.code): each.version.number for each in changed}
    )
    subjects = Subject.objects.filter(project=project).select_related("project")
    by_name = list(subjects.order_by("name", "id"))
    old_texts = []
    for each in changed:
        num = pictures[Reason(each.code)]
        num_pictures = {subject: num[subject.pk] for subject in by_name if num[subject.pk]}
        old_texts.append(OldText(reason=each, num_pictures=num_pictures))
    return old_texts


def _rejected_before(project: Project, since: Mapping[Reason, int]) -> dict[Reason, Counter[int]]:
    """Of each reason, by the subject's id, how many pictures were rejected for it by a vote from
    before the version that it has its meaning `since`. Two queries.
    """
    numbers = ImageTally.objects.filter(subject__project=project).order_by()
    occurring = numbers.values_list("packed", flat=True).distinct()
    votes = Vote.objects.filter(
        image__tally__packed__in=[n for n in occurring if votes_wanted(unpacked(n)) == 0],
        image__subject__project=project,
        image__purged_at=None,
        verdict=Verdict.REJECT,
        manual_version__lt=max(since.values()),
    )
    pictures: dict[Reason, Counter[int]] = {reason: Counter() for reason in since}
    seen: set[tuple[int, Reason]] = set()
    columns = ("image", "image__subject", "reason_codes", "manual_version")
    for image, subject, codes, version in votes.order_by().values_list(*columns).iterator():
        for reason in split_reasons(codes):
            if version < since.get(reason, 0) and (image, reason) not in seen:
                seen.add((image, reason))
                pictures[reason][subject] += 1
    return pictures
