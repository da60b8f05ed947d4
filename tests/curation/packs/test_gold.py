"""A pack holds what the desk holds, and tells of no picture that it is gold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from curation.batches.models import Assignment, Batch
from curation.gold.models import Gold, GoldAnswer
from curation.images.models import Image
from curation.manual.reasons import Reason
from curation.packs.cast_pack import Cast, cast_pack
from curation.packs.slip import SLIP_NAME
from curation.packs.take_pack import items_to_take
from curation.packs.understood import sealed
from curation.projects.models import User
from curation.subjects.models import Subject
from curation.votes.desk import desk_items
from curation.votes.models import Vote
from curation.votes.plan_gold import plan_gold
from tests.stories.batches import KEEP, cut, hand_out
from tests.stories.gold import gold
from tests.stories.offline import looked_into, pictures_in, taken, zipped

NUM = 10


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    """Ten pictures, whose numbers come before those of the gold."""
    batch = cut(subject, make_image, num=NUM, by=organiser)
    for _ in range(8):
        gold(make_image(of=subject), KEEP, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


def test_a_pack_that_is_taken_before_the_desk_was_opened_holds_the_same_as_the_desk(
    batch: Batch, volunteer: User
) -> None:
    pack = taken(batch, volunteer)
    lease = Assignment.objects.get(batch=batch, volunteer=volunteer)
    plan_gold(batch=batch, lease=lease, person=volunteer)  # as the desk does when it opens
    desk = desk_items(batch, volunteer)
    assert len(desk) > NUM, "there is gold to tell of"
    assert pictures_in(pack) == [f"{each.position:05}.png" for each in desk]
    assert [each.item_id for each in items_to_take(batch, lease, volunteer)] == [
        each.item_id for each in desk
    ]


def test_names_and_slip_say_places_and_no_numbers_of_pictures(
    batch: Batch, volunteer: User
) -> None:
    pack = taken(batch, volunteer)
    places = range(1, len(pictures_in(pack)) + 1)
    assert pictures_in(pack) == [f"{place:05}.png" for place in places]
    assert json.loads(pack[SLIP_NAME])["pictures"] == len(places)
    numbers = [each.image.number for each in desk_items(batch, volunteer)]
    assert numbers != list(places), "so they are no numbers"


def test_gold_is_answered_as_on_the_desk_and_counted_among_the_votes(
    batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    pack = taken(batch, volunteer)
    desk = desk_items(batch, volunteer)
    golden = {each.position for each in desk if Gold.objects.filter(image=each.image).exists()}
    for place in golden:
        del pack[f"{place:05}.png"]
    preview = looked_into(zipped(pack, tmp_path / "sent.zip"), batch, volunteer)
    assert {line.number for line in preview.gone.new} == golden
    seal = sealed(preview.understood, volunteer)

    def cast() -> Cast:
        return cast_pack(batch=batch, person=volunteer, understood=seal, gone_because=Reason.BLURRY)

    assert cast() == Cast(num_cast=len(desk), num_already=0, num_left=0, num_filled_up=0)
    assert cast() == Cast(num_cast=0, num_already=len(desk), num_left=0, num_filled_up=0)
    assert Vote.objects.filter(volunteer=volunteer, verdict="keep").count() == NUM
    answers = GoldAnswer.objects.filter(person=volunteer, verdict="reject", reason_codes="blurry")
    assert answers.count() == len(golden)


def test_a_purge_on_the_way_moves_no_vote_to_another_picture(
    batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    pack = taken(batch, volunteer)
    desk = {each.position: each.image for each in desk_items(batch, volunteer)}
    own = [place for place, image in desk.items() if not Gold.objects.filter(image=image).exists()]
    rejected = desk[own[-1]]
    del pack[f"{own[-1]:05}.png"]
    sent = zipped(pack, tmp_path / "sent.zip")
    Image.objects.filter(pk=desk[own[0]].pk).update(purged_at=batch.created_at)
    preview = looked_into(sent, batch, volunteer)
    cast_pack(
        batch=batch,
        person=volunteer,
        understood=sealed(preview.understood, volunteer),
        gone_because=Reason.BLURRY,
    )
    assert Vote.objects.get(volunteer=volunteer, verdict="reject").image == rejected
    assert not Vote.objects.filter(image=desk[own[0]]).exists()
