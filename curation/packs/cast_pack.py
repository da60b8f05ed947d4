"""Use case: cast the votes of a pack that came back, as its person has seen and confirmed them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db.models import Max

from curation.batches.access import access_leased_batch
from curation.batches.models import Batch
from curation.gold.models import GoldAnswerEvent
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.packs.ballots import Line, ballots_of, items_by_number
from curation.packs.names import Said
from curation.packs.understood import Understood, opened
from curation.projects import log
from curation.projects.models import User
from curation.votes.errors import EnoughVotes
from curation.votes.judge_item import judge_item
from curation.votes.models import VoteEvent

_PACKS = UUID("0b0d5b0e-9d6b-4f0e-8d0a-6f3e7d5a1c16")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """What became of a pack's votes."""

    num_cast: int
    num_already: int
    num_left: int
    """Of pictures that the person has judged otherwise, and left so."""
    num_filled_up: int
    """Pictures on which no vote of theirs was wanted by then."""


def cast_pack(
    *,
    batch: Batch,
    person: User,
    understood: str,
    gone_because: Reason | None,
    overwrite: Collection[int] = (),
) -> Cast:
    """Cast the votes that `understood`, the seal of a preview, names.

    Each is a vote like any other, in a transaction of its own: whoever is interrupted sends the
    same again, and what is stored is stored once. Pictures that are gone are rejected for
    `gone_because`, or left alone if it is None. A vote that the person has cast on the site and
    that says something else stays, unless its number is in `overwrite`.
    Raises NotFound, NotAssigned, BatchClosed, LeaseExpired, ConsentMissing, PreviewEnded.
    """
    held, lease = access_leased_batch(person, batch.pk)
    pack = opened(understood, lease=lease, person=person)
    said = dict(pack.said)
    if gone_because is not None:
        said |= dict.fromkeys(pack.gone, Said(Verdict.REJECT, gone_because))
    ballots = ballots_of(said, items_by_number(held, person, pack.taken))
    replaced = [line for line in ballots.differing if line.number in overwrite]
    acts = _last_acts(held, person)
    num_cast = sum(
        _cast(line, person, pack, acts.get(line.desk_item.image.pk, 0))
        for line in (*ballots.new, *replaced)
    )
    wanted = len(ballots.new) + len(replaced)
    _note(held, person, num_cast)
    return Cast(
        num_cast=num_cast,
        num_already=len(ballots.already),
        num_left=len(ballots.differing) - len(replaced),
        num_filled_up=len(ballots.filled_up) + wanted - num_cast,
    )


def _cast(line: Line, person: User, pack: Understood, after: int) -> bool:
    """Whether the vote is stored; not so when none is wanted any more."""
    assert line.said.verdict is not None  # noqa: S101, what is for later is never understood
    try:
        judge_item(
            item_id=line.desk_item.item_id,
            volunteer=person,
            verdict=line.said.verdict,
            reasons=[line.said.reason] if line.said.reason else [],
            client_key=_key(line, pack, after),
            manual=pack.manual,
        )
    except EnoughVotes:
        return False
    return True


def _key(line: Line, pack: Understood, after: int) -> UUID:
    """The same for the same words on a picture under one lease, after the same earlier act."""
    said = (pack.lease_id, line.desk_item.item_id, line.said.verdict, line.said.reason, after)
    return uuid5(_PACKS, " ".join(map(str, said)))


def _last_acts(batch: Batch, person: User) -> dict[int, int]:
    """The person's last act on each image, votes and answers that were taken back too."""
    votes = VoteEvent.objects.filter(image__batch_item__batch=batch, volunteer=person)
    answers = GoldAnswerEvent.objects.filter(
        image__gold_items__lease__batch=batch, image__gold_items__person=person, person=person
    )
    return {
        row["image"]: row["last"]
        for events in (votes, answers)
        for row in events.order_by().values("image").annotate(last=Max("pk"))
    }


def _note(batch: Batch, person: User, num_cast: int) -> None:
    if num_cast:
        log.record(
            "pack.cast",
            actor=person,
            project=batch.subject.project,
            target=batch,
            votes=num_cast,
        )
