"""What a pack says, as its person was shown it: sealed into the page, sent back, and then cast.

So nothing of a pack is stored before its votes are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext_lazy as _

from curation.batches.models import Assignment
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.packs.errors import PreviewEnded
from curation.packs.names import Said
from curation.projects.models import User

_SALT = "curation.packs.understood"


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a pack says, as its person is shown it before any vote is cast, and sends it back."""

    lease_id: int
    manual: int
    said: Mapping[int, Said]
    gone: tuple[int, ...]
    taken: Mapping[int, int]
    """By number, the item's id."""


def sealed(understood: Understood, person: User) -> str:
    """What a form carries from the preview to the casting, which nobody else can make."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, said in understood.said.items():
        groups[f"{said.verdict}:{said.reason or ''}"].append(number)
    value = [
        person.pk,
        understood.lease_id,
        understood.manual,
        groups,
        understood.gone,
        list(understood.taken.items()),
    ]
    return signing.dumps(value, salt=_SALT, compress=True)


def opened(text: str, *, lease: Assignment, person: User) -> Understood:
    """What `sealed` wrote for this person under this lease. Raises PreviewEnded."""
    try:
        person_id, lease_id, manual, groups, gone, taken = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        person_id = lease_id = None
    if (person_id, lease_id) != (person.pk, lease.pk):
        raise PreviewEnded(_("This page does not belong to your pack. Upload the pack again."))
    return Understood(
        lease_id=lease_id,
        manual=manual,
        said={number: _said(each) for each, numbers in groups.items() for number in numbers},
        gone=tuple(gone),
        taken=dict(taken),
    )


def _said(text: str) -> Said:
    verdict, _colon, reason = text.partition(":")
    return Said(Verdict(verdict), Reason(reason) if reason else None)
