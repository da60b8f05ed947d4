"""What names in a pack say, as people and their systems change them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.manual.selectors import current_reasons
from curation.packs.names import (
    KEPT,
    LATER,
    UNSURE,
    Named,
    file_name,
    folder_name,
    folders_of,
    number_in_name,
    said_by_folders,
)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("00042.jpg", 42),
        ("00042.JPG", 42),
        ("42.jpeg", 42),
        ("00042", 42),
        ("00042.jpg_large", None),
        ("００４２．ｊｐｇ", 42),
        (" 00042.webp ", 42),
        ("00042.png.jpg", None),
        ("00042_face.jpg", None),
        ("IMG_00042.jpg", None),
        ("42.5", None),
        ("-42.jpg", None),
        ("4.2e1.jpg", None),
        ("", None),
        (".jpg", None),
        ("1234567890.jpg", None),
    ],
)
def test_a_number_is_all_of_a_name_or_none_of_it(name: str, number: int | None) -> None:
    found = number_in_name(name)
    assert (found and found.number) == number
    assert found is None or not found.is_copy


@pytest.mark.parametrize(
    "name",
    [
        "00042 (1).jpg",
        "00042(2).JPG",
        "00042 2.jpg",
        "00042 - Copy.jpg",
        "00042 - Copy (3).jpg",
        "00042 copy 2.png",
        "00042 - 副本.jpg",
        "00042 副本 2.jpg",
        "00042 - 複製.jpg",
    ],
)
def test_second_copies_are_told_by_how_systems_name_them(name: str) -> None:
    assert number_in_name(name) == Named(42, is_copy=True)


@given(st.integers(min_value=1, max_value=10**9 - 1), st.sampled_from(["jpg", "PNG", "heic"]))
def test_every_number_comes_back(number: int, suffix: str) -> None:
    assert number_in_name(file_name(number, suffix)) == Named(number)


@given(st.text(max_size=40))
def test_no_name_breaks_anything(name: str) -> None:
    found = number_in_name(name)
    assert found is None or 0 <= found.number < 10**9


@pytest.mark.django_db
def test_a_folder_says_its_reason_by_title_number_or_both() -> None:
    reasons = current_reasons(None)
    folders = folders_of(reasons)
    for reason in reasons:
        for name in (
            folder_name(reason),
            reason.title_zh,
            reason.title_en.upper(),
            f"{reason.position}",
            f"{reason.position}. {reason.title_en}",
            f"{reason.position}、{reason.title_zh}",
            reason.code,
        ):
            said = said_by_folders([name], folders)
            assert said, name
            assert said.reason == reason.code
    assert said_by_folders([], folders) == KEPT
    assert said_by_folders(["不确定"], folders) == UNSURE
    assert said_by_folders(["Later"], folders) == LATER
    first, second = reasons[:2]
    for odd in (f"{first.position} {second.title_en}", "9 lives", "好看", "..", "不确定 later"):
        assert said_by_folders([odd], folders) is None
    nested = [folder_name(first), folder_name(second)]
    assert said_by_folders(nested, folders) is None, "two reasons are not plain"
