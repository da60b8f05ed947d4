"""Which files are parts of one pack is told by their names alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.unpacking.volumes import SplitPack, split_packs


def split(name: str, *parts: str, missing: tuple[str, ...] = ()) -> SplitPack:
    return SplitPack(name=name, parts=parts, missing=missing)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.zip.002", "a.zip.001"], split("a.zip", "a.zip.001", "a.zip.002")),
        (["x/a.7z.001"], split("x/a.7z", "x/a.7z.001")),
        (["a.tar.gz.001", "a.tar.gz.002"], split("a.tar.gz", "a.tar.gz.001", "a.tar.gz.002")),
        (["图.part2.rar", "图.part1.rar"], split("图.rar", "图.part1.rar", "图.part2.rar")),
        (
            ["a.part10.rar", "a.part09.rar"],
            split(
                "a.rar",
                "a.part09.rar",
                "a.part10.rar",
                missing=tuple(f"a.part0{n}.rar" for n in range(1, 9)),
            ),
        ),
        (["a.r00", "a.rar", "a.r01"], split("a.rar", "a.rar", "a.r00", "a.r01")),
        (["a.r00", "a.r01"], split("a.rar", "a.r00", "a.r01", missing=("a.rar",))),
        (["a.zip", "a.z02", "a.z01"], split("a.zip", "a.z01", "a.z02", "a.zip")),
        (["A.ZIP", "a.z01"], split("a.zip", "a.z01", "A.ZIP")),
        (["a.z01", "a.z03"], split("a.zip", "a.z01", "a.z03", missing=("a.z02", "a.zip"))),
    ],
)
def test_parts_are_put_together_in_order_and_gaps_are_named(
    names: list[str], expected: SplitPack
) -> None:
    assert split_packs(names) == [expected]
    assert split_packs([*names[::-1], "other.jpg", "a.b/1.jpg"]) == [expected]


@pytest.mark.parametrize(
    "names", [["a.zip"], ["a.rar"], ["1.jpg", "2.jpg"], ["a.001"], ["a.zip.99999"], ["a.part0.rar"]]
)
def test_a_whole_pack_and_a_file_with_an_odd_number_are_no_parts(names: list[str]) -> None:
    assert split_packs(names) == []


def test_packs_of_one_name_in_two_folders_are_two() -> None:
    names = ["x/a.zip.001", "y/a.zip.001", "x/a.zip.002"]
    assert [pack.parts for pack in split_packs(names)] == [
        ("x/a.zip.001", "x/a.zip.002"),
        ("y/a.zip.001",),
    ]


@given(st.lists(st.text(alphabet="ab.019zrpt/", max_size=16), unique=True, max_size=30))
def test_no_file_is_part_of_two_packs_or_of_none_that_it_names(names: list[str]) -> None:
    parts = [part for pack in split_packs(names) for part in pack.parts]
    assert len(parts) == len(set(parts))
    assert set(parts) <= set(names)
