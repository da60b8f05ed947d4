"""Groups of nearly equal images, each around its best member, as an organiser settles them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q, QuerySet

from curation.consensus.blind import blindfolds_of
from curation.consensus.decision_rule import decide
from curation.consensus.models import Ruling
from curation.duplicates.models import DistinctPair
from curation.duplicates.selectors import distinct_pairs, images_near_others, near_pairs
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.manual.verdicts import Verdict
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.vision.duplicate_groups import badness, better_copies, face_side, goodness, groups
from curation.votes.tallies import TALLY, unpacked, with_tallies
from curation.votes.voting_rule import Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """An image in a group, with what speaks for it."""

    image_id: int
    number: int
    name: str
    sha256: str
    width: int
    height: int
    outcome: Outcome
    face_side: float
    """Of the largest face, in pixels; 0 without a face."""
    sharpness: float
    yaw: float
    pitch: float

    @property
    def badness(self) -> tuple[float, int, int]:
        """Orders images, the best first: see `curation.vision.duplicate_groups.badness`."""
        good = goodness(
            sharpness=self.sharpness, side=self.face_side, yaw=self.yaw, pitch=self.pitch
        )
        return badness(good, num_pixels=self.width * self.height, place=self.number)


@dataclass(frozen=True, kw_only=True, slots=True)
class DuplicateGroup:
    """Images of which one is enough. Each is nearly the same as the best of them."""

    members: tuple[Member, ...]
    """The best first."""

    @property
    def best(self) -> Member:
        return self.members[0]

    @property
    def suggested(self) -> Member:
        """Which one to keep: the best of those that people kept already, else the best."""
        kept = (member for member in self.members if member.outcome is Outcome.KEPT)
        return next(kept, self.best)

    @property
    def numbers(self) -> list[int]:
        """Of all members, the one that is suggested first."""
        others = (member for member in self.members if member is not self.suggested)
        return [self.suggested.number, *(member.number for member in others)]


def duplicate_groups(subject: Subject, *, viewer: User | None) -> list[DuplicateGroup]:
    """The subject's groups that are not settled, by the number of their best. Three queries.

    Rejected images are no trouble any more and left out. So is what the viewer has yet to judge:
    that it resembles another is a hint. None is the command line, which may see all.
    """
    pairs = list(near_pairs(subject).values_list("first", "second"))
    if not pairs:
        return []
    members = _members(images_near_others(subject), viewer)
    open_pairs = [(one, other) for one, other in pairs if one in members and other in members]
    found = groups(open_pairs, badness=lambda image_id: members[image_id].badness)
    listed = [DuplicateGroup(members=tuple(members[pk] for pk in each)) for each in found]
    return sorted(listed, key=lambda group: group.best.number)


def worse_copies(subject: Subject) -> set[int]:
    """The ids of images that are nearly the same as a better one. Two queries.

    Whatever was decided of either: what a machine sees does not depend on it.
    """
    pairs = list(near_pairs(subject).values_list("first", "second"))
    if not pairs:
        return set()
    members = _members(images_near_others(subject), None, rejected_too=True)
    known = [(one, other) for one, other in pairs if one in members and other in members]
    return set(better_copies(known, badness=lambda image_id: members[image_id].badness))


def better_copy_of(image: Image, near: Iterable[Image]) -> Member | None:
    """The best of the images that are nearly the same, if it is better than `image`. One query."""
    keys = [image.pk, *(other.pk for other in near)]
    members = _members(Image.objects.filter(pk__in=keys), None, rejected_too=True)
    best = min(members.values(), key=lambda member: member.badness, default=None)
    return best if best and best.image_id != image.pk else None


def settled_duplicates(subject: Subject, *, viewer: User, at_most: int) -> list[Ruling]:
    """The newest rulings that reject images as duplicates, the newest first. Two queries.

    Those on images that the viewer has yet to judge are left out.
    """
    rulings = Ruling.objects.filter(
        image__subject=subject,
        image__purged_at=None,
        verdict=Verdict.REJECT,
        reason_codes=Reason.DUPLICATE,
    )
    newest = list(rulings.select_related("image").order_by("-ruled_at", "-pk")[:at_most])
    images = Image.objects.filter(pk__in=[ruling.image_id for ruling in newest])
    blindfolds = blindfolds_of(viewer, images)
    return [ruling for ruling in newest if not blindfolds[ruling.image_id].hides_votes]


def distinct_marks(subject: Subject, *, viewer: User, at_most: int) -> list[DistinctPair]:
    """What was said to be distinct last, the newest first. Two queries.

    The machine thought otherwise, which is a hint: what the viewer has yet to judge is left out.
    """
    newest = list(distinct_pairs(subject)[:at_most])
    keys = {key for pair in newest for key in (pair.first_id, pair.second_id)}
    blindfolds = blindfolds_of(viewer, Image.objects.filter(pk__in=keys))
    hidden = {key for key in keys if blindfolds[key].hides_hints}
    return [pair for pair in newest if not hidden & {pair.first_id, pair.second_id}]


def _members(
    images: QuerySet[Image], viewer: User | None, *, rejected_too: bool = False
) -> dict[int, Member]:
    hidden = (
        {pk for pk, each in blindfolds_of(viewer, images).items() if each.hides_hints}
        if viewer
        else set()
    )
    # Joined, not asked for apart: then only the faces of these images are read.
    of_largest = FilteredRelation("analysis__faces", condition=Q(analysis__faces__position=1))
    rows = with_tallies(images.annotate(face=of_largest)).order_by()
    columns = ("pk", "number", "name", "sha256", "width", "height", "ruling__verdict", TALLY)
    of_face = ("left", "top", "right", "bottom", "sharpness", "yaw", "pitch")
    members = {}
    for pk, number, name, sha256, width, height, ruled, tally, *face in rows.values_list(
        *columns, *(f"face__{each}" for each in of_face)
    ):
        outcome = decide(unpacked(tally), Verdict(ruled) if ruled else None)
        if (outcome is Outcome.REJECTED and not rejected_too) or pk in hidden:
            continue
        *box, sharpness, yaw, pitch = (each or 0 for each in face)
        members[pk] = Member(
            image_id=pk,
            number=number,
            name=name,
            sha256=sha256,
            width=width,
            height=height,
            outcome=outcome,
            face_side=face_side(box),
            sharpness=sharpness,
            yaw=yaw,
            pitch=pitch,
        )
    return members
