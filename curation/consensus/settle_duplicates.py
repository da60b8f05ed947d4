"""Use case: an organiser keeps one image of each group and rejects the others as duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from curation.consensus.duplicate_groups import duplicate_groups
from curation.consensus.settle import settle
from curation.errors import Conflict, InvalidInput
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.access import require
from curation.projects.models import User
from curation.projects.permissions import ORGANISE
from curation.subjects.gate import require_consent
from curation.subjects.models import Act, Subject


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of one group, by numbers."""

    best: int
    duplicates: tuple[int, ...]

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset((self.best, *self.duplicates))


class GroupsChanged(Conflict):
    """The groups are not any more what the person saw."""

    code = "groups_changed"


@transaction.atomic
def settle_duplicates(
    *, subject: Subject, choices: Sequence[Choice], actor: User | None
) -> list[int]:
    """Reject the duplicates of each choice, by rulings that can be withdrawn; their numbers.

    The best of each is not ruled on: whether it is any good, people still have to say. Either all
    choices are carried out or none. Raises NotFound, NotAllowed, ConsentMissing, InvalidInput,
    ReasonNotUsed where the manual knows no duplicates, or GroupsChanged when a choice is not
    exactly one of the groups that the person would see now.
    """
    require(actor, ORGANISE, subject.project)
    require_consent(subject, Act.CURATE)
    if not choices or any(each.best in each.duplicates for each in choices):
        raise InvalidInput(_("Choose a picture to keep in each group."))
    current = {frozenset(group.numbers) for group in duplicate_groups(subject, viewer=actor)}
    if changed := [each for each in choices if each.numbers not in current]:
        raise GroupsChanged(
            _(
                "The group of picture %(number)05d has changed since you saw it. "
                "Nothing was settled; look at it again."
            )
            % {"number": changed[0].best},
            numbers=sorted(changed[0].numbers),
        )
    best_of = {number: each.best for each in choices for number in each.duplicates}
    for image in Image.objects.select_related("subject__project").filter(
        subject=subject, number__in=best_of
    ):
        settle(
            image=image,
            verdict=Verdict.REJECT,
            reasons=[Reason.DUPLICATE],
            note=_("Nearly the same as %(number)05d") % {"number": best_of[image.number]},
            actor=actor,
        )
    return sorted(best_of)
