"""Nobody is told what others, or the machine, think of an image before their own vote is in.

Every page and every answer of the API is asked for twice, and in between everything that may not
show is changed: it must not look any different. So a new page cannot forget the blind rule.
"""

from __future__ import annotations

import pytest

from curation.questions.answer_question import answer_question
from curation.questions.ask_question import ask_question
from tests.stories.batches import KEEP, REJECT, UNSURE
from tests.stories.blind import WHERE_LIKENESS_IS_SHOWN, Scene, scene_of
from tests.stories.everything import Rank, World

WHERE_FACES_ARE_TOLD = ("desk", "api_desk")
WHERE_VOTES_ARE_SHOWN = ("image", "contested_image", "batch_decisions")


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_of(world)


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
@pytest.mark.parametrize("is_settled", [False, True])
def test_whoever_is_to_judge_learns_nothing_anywhere(
    scene: Scene, *, rank: Rank, is_settled: bool
) -> None:
    scene.hand_to(rank)
    if is_settled:
        scene.settle(KEEP)
    scene.others_say(KEEP)
    before = scene.seen_by(rank, scene.everywhere())
    scene.others_say(REJECT)
    scene.machine_sees(yaw=34, is_near=False)
    assert scene.seen_by(rank, scene.everywhere()) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_what_is_suspected_of_a_judged_picture_does_not_tell_of_its_better_copy(
    scene: Scene, rank: Rank
) -> None:
    """That one is still to be judged: as long as it is, the other is shown as if it were not."""
    person = scene.world.people[rank]
    scene.hand_to(rank)
    scene.say(person, KEEP, of=scene.other)
    before = scene.seen_by(rank, scene.everywhere())
    scene.machine_sees(yaw=34, is_near=False)
    assert scene.seen_by(rank, scene.everywhere()) == before
    scene.say(person, KEEP)
    hints = scene.addresses(["image"], number=2) + scene.lists()
    alone = scene.seen_by(Rank.ORGANISER, hints)
    scene.machine_sees(yaw=34, is_near=True)
    together = scene.seen_by(Rank.ORGANISER, hints)
    differs = {
        address.partition("?")[2] for address in hints if alone[address] != together[address]
    }
    assert {"", "sort=suspicion&number=1", "suspected=duplicate&number=1"} <= differs


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_nor_that_the_machine_was_wrong(scene: Scene, rank: Rank) -> None:
    scene.hand_to(rank)
    scene.machine_sees(yaw=12, is_near=False)
    log_aside = [each for each in scene.everywhere() if "/log/" not in each]
    before = scene.seen_by(rank, log_aside)
    scene.machine_sees(yaw=12, is_near=True)
    scene.said_to_be_distinct()
    assert scene.seen_by(rank, log_aside) == before


def test_where_faces_are_and_what_is_alike_is_all_that_the_machine_tells(scene: Scene) -> None:
    told = scene.addresses([*WHERE_FACES_ARE_TOLD, WHERE_LIKENESS_IS_SHOWN])
    everywhere = {*scene.everywhere(), *told}
    before = scene.with_faces_seen_by(Rank.HOLDER, sorted(everywhere))
    scene.machine_sees(yaw=34, is_near=False)
    after = scene.with_faces_seen_by(Rank.HOLDER, sorted(everywhere))
    assert {address for address in everywhere if before[address] != after[address]} == set(told)


def test_likeness_tells_neither_votes_nor_which_is_the_better_one(scene: Scene) -> None:
    address = scene.addresses([WHERE_LIKENESS_IS_SHOWN])
    before = scene.seen_by(Rank.HOLDER, address)
    assert 'pairs":[[' in before[address[0]][1]
    scene.others_say(REJECT, REJECT)
    scene.settle(REJECT)
    scene.is_gold(REJECT)
    scene.machine_sees(yaw=34, is_near=True)
    assert scene.seen_by(Rank.HOLDER, address) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_that_two_differ_does_not_tell_how(scene: Scene, rank: Rank) -> None:
    scene.hand_to(rank)
    scene.others_say(KEEP, REJECT)
    before = scene.seen_by(rank, scene.everywhere())
    scene.others_say(UNSURE, KEEP)
    assert scene.seen_by(rank, scene.everywhere()) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_whoever_is_to_judge_never_learns_what_is_gold(scene: Scene, rank: Rank) -> None:
    scene.hand_to(rank)
    scene.there_is_gold()
    before = scene.seen_by(rank, scene.everywhere())
    scene.is_gold(KEEP)
    assert scene.seen_by(rank, scene.everywhere()) == before
    scene.is_gold(REJECT)
    assert scene.seen_by(rank, scene.everywhere()) == before


@pytest.mark.parametrize("rank", [Rank.HOLDER, Rank.ORGANISER])
def test_what_others_ask_about_a_picture_is_nowhere_before_it_is_answered(
    scene: Scene, rank: Rank
) -> None:
    asker = scene.world.people[Rank.VOLUNTEER]
    for each in (rank, Rank.VOLUNTEER):
        scene.hand_to(each)
    before = scene.seen_by(rank, scene.everywhere())
    question = ask_question(item_id=scene.world.ids["item_id"], text="Is it Eve?", person=asker)
    assert scene.seen_by(rank, scene.everywhere()) == before
    answer_question(question=question, answer="Yes.", actor=scene.world.people[Rank.ADMIN])
    seen = scene.seen_by(rank, scene.addresses(["api_questions"]))
    assert all(
        "Is it Eve?" in text and asker.username not in text for _status, text in seen.values()
    )


@pytest.mark.parametrize("rank", [Rank.VOLUNTEER, Rank.HOLDER])
@pytest.mark.parametrize("has_voted", [False, True])
def test_volunteers_learn_it_on_no_page_and_by_no_order(
    scene: Scene, *, rank: Rank, has_voted: bool
) -> None:
    if has_voted:
        scene.say(scene.world.people[rank], KEEP)
    scene.there_is_gold()
    before = scene.seen_by(rank, scene.everywhere())
    scene.is_gold(REJECT)
    seen = scene.seen_by(rank, scene.everywhere())
    assert seen == before
    # What organisers' addresses answer everybody may read, and how one does oneself by gold.
    allowed = scene.addresses(["schema", "me"])
    named = [each for each, (_status, text) in seen.items() if "gold" in text.lower()]
    assert set(named) <= set(allowed)
    scene.is_gold_no_more()
    assert scene.seen_by(rank, scene.everywhere()) == before


def test_an_organiser_who_was_handed_nothing_sees_what_is_gold(scene: Scene) -> None:
    addresses = scene.addresses(["image", "api_grid"])
    before = scene.seen_by(Rank.ORGANISER, addresses)
    scene.is_gold(REJECT)
    seen = scene.seen_by(Rank.ORGANISER, addresses)
    assert [address for address in addresses if seen[address] != before[address]] == addresses


def test_an_organiser_who_may_be_asked_yet_learns_of_no_vote(scene: Scene) -> None:
    scene.others_say(KEEP)
    before = scene.seen_by(Rank.ORGANISER, scene.everywhere())
    scene.others_say(REJECT)
    assert scene.seen_by(Rank.ORGANISER, scene.everywhere()) == before


def test_volunteers_learn_of_no_vote_after_their_own_either(scene: Scene) -> None:
    scene.say(scene.world.people[Rank.HOLDER], UNSURE)
    scene.others_say(KEEP)
    before = scene.seen_by(Rank.HOLDER, scene.everywhere())
    scene.others_say(REJECT)
    assert scene.seen_by(Rank.HOLDER, scene.everywhere()) == before


@pytest.mark.parametrize("was_handed", [False, True])
@pytest.mark.parametrize("has_voted", [False, True])
@pytest.mark.parametrize("is_settled", [False, True])
@pytest.mark.parametrize("num_others", [1, 2])
def test_all_pages_agree_on_where_votes_may_be_shown(
    scene: Scene, *, was_handed: bool, has_voted: bool, is_settled: bool, num_others: int
) -> None:
    if was_handed:
        scene.hand_to(Rank.ORGANISER)
    if has_voted:
        scene.say(scene.world.people[Rank.ORGANISER], KEEP)
    seen = []
    for verdict in (KEEP, REJECT):
        scene.others_say(*[verdict] * num_others)
        if is_settled:
            scene.settle(verdict)
        seen.append(scene.seen_by(Rank.ORGANISER, scene.addresses(WHERE_VOTES_ARE_SHOWN)))
    is_shown = has_voted or num_others == 2 or (is_settled and not was_handed)
    differs = {address: seen[0][address] != seen[1][address] for address in seen[0]}
    assert differs == dict.fromkeys(differs, is_shown)
