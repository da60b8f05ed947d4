"""Which gold somebody is given: what they are weakest at, and what lies near the batch."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from curation.gold.choosing import Candidate, chosen_to_hide, chosen_to_practise
from curation.manual.reasons import Reason

KEYS = ("keep", *(reason.value for reason in Reason))

candidates = st.lists(
    st.tuples(st.sampled_from(KEYS), st.integers(1, 500)), max_size=60, unique_by=lambda x: x[1]
).map(
    lambda rows: [
        Candidate(image_id=1000 + number, number=number, keys=(key,)) for key, number in rows
    ]
)
errors = st.fixed_dictionaries({key: st.floats(0.01, 0.99) for key in KEYS})


@given(candidates, errors, st.integers(0, 70), st.randoms())
def test_as_many_as_asked_each_once_the_same_each_time(
    given_ones: list[Candidate], wrong: dict[str, float], num: int, chance: object
) -> None:
    first = chosen_to_hide(given_ones, wrong, num, near=(100, 200), seed="a")
    assert len(set(first)) == len(first) == min(num, len(given_ones))
    again = list(given_ones)
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert chosen_to_hide(again, wrong, num, near=(100, 200), seed="a") == first


@given(errors)
def test_most_are_of_what_its_person_is_weakest_at(wrong: dict[str, float]) -> None:
    many = [
        Candidate(image_id=100 * at + nth, number=nth, keys=(key,))
        for at, key in enumerate(KEYS)
        for nth in range(1, 51)
    ]
    chosen = chosen_to_hide(many, wrong, 40, near=(1, 50), seed="a")
    counts = Counter(KEYS[pk // 100] for pk in chosen)
    weakest = [key for key in KEYS if wrong[key] == max(wrong.values())]
    assert max(counts[key] for key in weakest) == max(counts.values())


@given(candidates, st.integers(1, 20))
def test_what_lies_near_the_batch_comes_first(given_ones: list[Candidate], num: int) -> None:
    same = [Candidate(image_id=c.image_id, number=c.number, keys=("keep",)) for c in given_ones]
    wrong = dict.fromkeys(KEYS, 0.5)
    chosen = set(chosen_to_hide(same, wrong, num, near=(100, 200), seed="a"))
    distance = {c.image_id: max(100 - c.number, c.number - 200, 0) for c in same}
    left = [distance[pk] for pk in distance if pk not in chosen]
    assert not left or max(distance[pk] for pk in chosen) <= min(left)


def test_one_of_several_reasons_counts_where_its_person_is_weakest() -> None:
    both = Candidate(image_id=1, number=1, keys=("blurry", "drawn"))
    blurry = Candidate(image_id=2, number=2, keys=("blurry",))
    wrong = dict.fromkeys(KEYS, 0.1) | {"drawn": 0.9}
    assert chosen_to_hide([both, blurry], wrong, 1, near=(1, 1), seed="a") == [1]


@given(candidates)
def test_practice_has_one_of_each_reason_and_two_to_keep(given_ones: list[Candidate]) -> None:
    chosen = chosen_to_practise(given_ones, KEYS[1:], seed="a")
    key_of = {each.image_id: each.keys[0] for each in given_ones}
    counts = Counter(key_of[pk] for pk in chosen)
    there = Counter(key_of.values())
    assert counts == {key: min(2 if key == "keep" else 1, num) for key, num in there.items()}
