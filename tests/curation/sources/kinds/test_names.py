"""Names are kept as they were given, in the order in which people list them."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.sources.kinds.names import decode_names, natural_key


def test_numbers_in_names_are_counted_not_spelled() -> None:
    names = ["image (10).jpg", "image (9).jpg", "image (1).jpg", "第12集.jpg", "第3集.jpg"]
    assert sorted(names, key=natural_key) == [
        "image (1).jpg",
        "image (9).jpg",
        "image (10).jpg",
        "第3集.jpg",
        "第12集.jpg",
    ]


def test_folders_stay_together() -> None:
    names = ["scan 2/a.jpg", "scan/b.jpg", "scan 10/a.jpg", "scan/a.jpg"]
    assert sorted(names, key=natural_key) == [
        "scan/a.jpg",
        "scan/b.jpg",
        "scan 2/a.jpg",
        "scan 10/a.jpg",
    ]


def test_numbers_of_any_length_are_counted_too() -> None:
    names = ["1" + "0" * 5000 + ".jpg", "9" * 5000 + ".jpg", "8" * 5000 + ".jpg", "007.jpg"]
    assert sorted(names, key=natural_key) == [names[3], names[2], names[1], names[0]]


@given(st.lists(st.integers(0, 10**6), unique=True))
def test_digits_of_any_script_count_the_same(numbers: list[int]) -> None:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    names = [str(n) if n % 2 else str(n).translate(arabic).rjust(8, "٠") for n in numbers]
    assert [int(name) for name in sorted(names, key=natural_key)] == sorted(numbers)


@given(st.lists(st.text(alphabet="aB1０é图²/ .", max_size=12), unique=True), st.randoms())
def test_the_order_does_not_depend_on_how_the_disk_lists_them(
    names: list[str], chance: random.Random
) -> None:
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert sorted(shuffled, key=natural_key) == sorted(names, key=natural_key)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk"])
def test_chinese_names_are_read_in_whichever_way_they_were_written(encoding: str) -> None:
    names = ["微博 截图（第3集）.jpg", "1.jpg"]
    assert decode_names([name.encode(encoding) for name in names]) == names


def test_a_gbk_name_that_is_utf8_by_accident_is_read_by_its_neighbours() -> None:
    names = ["图片.jpg", "新建文件夹/图片 2.jpg"]
    assert "图片.jpg".encode("gbk").decode("utf-8") == "ͼƬ.jpg"
    assert decode_names([name.encode("gbk") for name in names]) == names


def test_utf8_and_gbk_names_may_lie_in_one_folder() -> None:
    raw_names = ["微博.jpg".encode(), "截图.jpg".encode("gbk"), b"1.jpg"]
    assert decode_names(raw_names) == ["微博.jpg", "截图.jpg", "1.jpg"]


def test_both_unicode_forms_are_kept_apart() -> None:
    composed = "café.jpg"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decode_names([composed.encode(), decomposed.encode()]) == [composed, decomposed]
    assert composed != decomposed


def test_bytes_in_no_encoding_still_give_a_name() -> None:
    (name,) = decode_names([b"a\xff\xff.jpg"])
    assert name.startswith("a")
    assert name.endswith(".jpg")
