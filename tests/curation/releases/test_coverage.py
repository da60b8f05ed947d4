"""What a set covers, what it lacks, and what another one has besides."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.images.spreads import BRIGHTNESS, PITCH, SPREADS, YAW, Spread
from curation.releases.coverage import Coverage, Lack, findings, wishes

MIDDLING = {
    "yaw": "front",
    "pitch": "level",
    "brightness": "medium",
    "mouth_open": "shut",
    "eyes_open": "open",
    "sharpness": "sharp",
    "face_size": "from_256",
}


def a_set(*parts: tuple[int, Mapping[str, str]]) -> Coverage:
    """So many pictures of each kind; whatever is not said of them is as in most pictures."""
    cells = np.zeros([len(spread.names) + 1 for spread in SPREADS], np.int64)
    for num, said in parts:
        ranges = {**MIDDLING, **said}
        cells[tuple(spread.names.index(ranges[spread.key]) for spread in SPREADS)] += num
    return Coverage(cells)


def everything(num: int) -> Coverage:
    """A set of each side in each light, and of each expression."""
    sides = [
        (num, {"yaw": yaw, "brightness": light, "mouth_open": mouth})
        for yaw in YAW.names
        for light in BRIGHTNESS.names
        for mouth in ("shut", "open")
    ]
    nods = [(num, {"pitch": pitch}) for pitch in PITCH.names]
    return a_set(*sides, *nods, (num, {"eyes_open": "shut"}))


def lacks(coverage: Coverage, sources: Mapping[int, int] | None = None) -> list[tuple[Lack, str]]:
    found = findings(coverage, sources or {1: 1, 2: 1})
    return [(each.lack, next(iter(each.ranges.values()), "")) for each in found]


def test_nothing_is_said_of_a_set_that_has_everything() -> None:
    assert lacks(everything(100)) == []


def test_few_left_profiles_of_which_none_is_dark_are_said_to_be_missing() -> None:
    sides = [each for each in YAW.names if each != "left_profile"]
    lights = [
        (50, {"yaw": yaw, "brightness": light}) for yaw in sides for light in BRIGHTNESS.names
    ]
    coverage = a_set(*lights, (7, {"yaw": "left_profile"}), (100, {"mouth_open": "open"}))
    found = [each for each in findings(coverage, {}) if each.lack is Lack.SIDE]
    assert [(each.num, each.ranges, each.without) for each in found] == [
        (7, {"yaw": "left_profile"}, {"brightness": "dark"})
    ]


def test_a_side_that_is_there_but_never_in_the_dark_is_told() -> None:
    lights = [(50, {"yaw": yaw, "brightness": "bright"}) for yaw in YAW.names]
    dark = [(50, {"yaw": yaw, "brightness": "dark"}) for yaw in YAW.names if yaw != "right"]
    found = findings(a_set(*lights, *dark), {})
    in_the_dark = [each for each in found if each.lack is Lack.SIDE_IN_THE_DARK]
    assert [each.ranges for each in in_the_dark] == [{"yaw": "right", "brightness": "dark"}]


def test_a_set_without_expression_soft_small_and_of_one_source_is_told_all_of_it() -> None:
    plain = a_set((600, {"sharpness": "soft", "face_size": "under_128"}))
    found = dict.fromkeys(lack for lack, _of in lacks(plain, {1: 600}))
    assert list(found) == [
        Lack.SIDE, Lack.NOD, Lack.LIGHT, Lack.MOUTH, Lack.EYES, Lack.SOFT, Lack.SMALL,
        Lack.ONE_SOURCE,
    ]  # fmt: skip


@pytest.mark.parametrize(("num", "is_thin"), [(499, True), (500, False)])
def test_five_hundred_pictures_are_wanted(num: int, *, is_thin: bool) -> None:
    assert ((Lack.THIN, "") in lacks(a_set((num, {})))) is is_thin


def test_of_nothing_only_that_is_said() -> None:
    assert lacks(a_set(), {}) == [(Lack.THIN, "")]


def test_what_the_other_shows_most_comes_first_on_the_list() -> None:
    ours = a_set((300, {}), (300, {"yaw": "left", "brightness": "dark"}))
    theirs = a_set(
        (300, {}),
        (40, {"yaw": "right_profile", "pitch": "down"}),
        (90, {"yaw": "right", "brightness": "dark"}),
        (4, {"yaw": "left_profile"}),
    )
    assert [(dict(each.ranges), each.num, each.num_there) for each in wishes(ours, theirs)] == [
        ({"yaw": "right", "pitch": "level", "brightness": "dark"}, 0, 90),
        ({"yaw": "right_profile", "pitch": "down", "brightness": "medium"}, 0, 40),
    ]


places = st.tuples(*(st.integers(0, len(each.names)) for each in SPREADS))


@given(st.dictionaries(places, st.integers(1, 50), max_size=20))
def test_no_set_lacks_anything_beside_itself_and_no_picture_is_lost(
    by_places: dict[tuple[int, ...], int],
) -> None:
    coverage = a_set()
    for place, num in by_places.items():
        coverage.cells[place] = num
    assert wishes(coverage, coverage) == []
    assert coverage.total == sum(by_places.values())
    assert coverage.by(YAW, PITCH).T.tolist() == coverage.by(PITCH, YAW).tolist()
    for spread in SPREADS:
        assert coverage.by(spread).sum() == coverage.total


@given(st.sampled_from(SPREADS), st.floats(-90, 1000))
def test_every_value_lies_in_the_range_of_its_name(spread: Spread, value: float) -> None:
    name = spread.name_of(value)
    assert name is not None
    begins, ends = spread.limits_of(name)
    assert begins is None or begins <= value
    assert ends is None or value < ends
