"""Reads a pack that came back and tells what it says, before any vote is cast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from django.utils.translation import gettext_lazy as _

from curation.analysis.models import Analysis
from curation.batches.models import Assignment, Batch
from curation.decoding.client import in_child
from curation.decoding.limits import Limits
from curation.decoding.process import DecoderUnavailable
from curation.manual.models import ManualReason
from curation.manual.selectors import versions_of
from curation.manual.verdicts import Verdict
from curation.packs.ballots import Ballots, ballots_of, items_by_number
from curation.packs.errors import OtherPack
from curation.packs.looks import far_from, hash_of
from curation.packs.names import Said, folders_of
from curation.packs.proofs import with_proofs
from curation.packs.read_pack import SentFile, read_pack
from curation.packs.slip import Slip
from curation.packs.sort_out import Odd, SortedOut, sort_out
from curation.packs.understood import Understood
from curation.projects.models import User
from curation.sources.problems import Unusable
from curation.vision.decode import Unreadable
from curation.votes.desk import DeskItem

SECONDS_FOR_LOOKING = 20.0
"""Of pictures that were saved anew so many seconds' worth are looked at; the others count by
their number."""
_LIMITS = Limits(seconds=20, megabytes=2000)


@dataclass(frozen=True, kw_only=True)
class Preview:
    understood: Understood
    sorted_out: SortedOut
    ballots: Ballots
    gone: Ballots
    """The same of those that are gone, each as a rejection without a reason."""
    reasons: Sequence[ManualReason]
    """Of the manual that the pack was made by."""


def preview_of(path: Path, *, batch: Batch, lease: Assignment, person: User) -> Preview:
    """Read the zip at `path`. The caller has checked the lease. Nothing is stored.

    Raises NoPack, NoSlip, OtherPack, Busy.
    """
    pack = read_pack(path)
    _require_same(pack.slip, batch, lease, person)
    reasons = reasons_of(batch, pack.slip.manual)
    items = items_by_number(batch, person, pack.slip.taken)
    if pack.slip.is_anew:
        pack = with_proofs(pack, items)
    looks = _Looks(items)
    sorted_out = sort_out(pack, folders_of(reasons), looks_like=looks.odd)
    understood = Understood(
        lease_id=lease.pk,
        manual=pack.slip.manual,
        said=sorted_out.said,
        gone=sorted_out.gone,
        taken=pack.slip.taken,
    )
    return Preview(
        understood=understood,
        sorted_out=sorted_out,
        ballots=ballots_of(understood.said, items),
        gone=ballots_of(dict.fromkeys(understood.gone, Said(Verdict.REJECT)), items),
        reasons=reasons,
    )


def reasons_of(batch: Batch, manual: int) -> list[ManualReason]:
    """The reasons of a version of the project's manual, by their numbers."""
    version = versions_of(batch.subject.project).get(number=manual)
    return list(version.reasons.exclude(position=None))


def _require_same(slip: Slip, batch: Batch, lease: Assignment, person: User) -> None:
    if slip.batch_id != batch.pk:
        raise OtherPack(_("This pack is of another batch. Upload it on the page of that batch."))
    if (slip.person_id, slip.lease_id) != (person.pk, lease.pk):
        raise OtherPack(_("This pack was made for somebody else. Whoever took it uploads it."))


class _Looks:
    """Looks at pictures whose bytes were changed, in the child, for a while."""

    def __init__(self, items: Mapping[int, DeskItem]) -> None:
        images = [item.image.pk for item in items.values()]
        rows = Analysis.objects.filter(image__in=images).exclude(perceptual_hash="")
        known = dict(rows.values_list("image_id", "perceptual_hash"))
        self._hashes = {number: known.get(item.image.pk) for number, item in items.items()}
        self._until = monotonic() + SECONDS_FOR_LOOKING

    def odd(self, number: int, file: SentFile) -> Odd | None:
        known = self._hashes.get(number)
        if known is None or monotonic() > self._until:
            return None
        try:
            seen = in_child(hash_of, file.read(), limits=_LIMITS)
        except DecoderUnavailable:
            return None
        except (Unusable, Unreadable, OSError):
            return Odd.UNREADABLE
        return Odd.OTHER_CONTENT if far_from(known, seen) else None
