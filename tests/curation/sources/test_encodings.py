"""In which encoding names were written is guessed well, and only asked where it must be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.sources.encodings import Encoding, guess_of, read_name, readable_in, unsure_of
from tests.stories.names import pack_of_names

CODECS = {
    Encoding.GBK: "gbk",
    Encoding.BIG5: "big5",
    Encoding.SHIFT_JIS: "cp932",
    Encoding.EUC_KR: "cp949",
    Encoding.CP1252: "cp1252",
}


@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize(("size", "at_least"), [(1, 0.8), (3, 0.97), (10, 1.0)])
def test_the_guess_for_a_whole_pack_is_right(
    encoding: Encoding, size: int, at_least: float
) -> None:
    num_right = num_packs = 0
    for seed in range(100):
        raw_names = [name.encode(CODECS[encoding]) for name in pack_of_names(encoding, size, seed)]
        unsure = unsure_of(raw_names)
        num_packs += 1
        num_right += guess_of([raw_names[n] for n in unsure]) == encoding if unsure else False
    assert num_right / num_packs >= at_least


@pytest.mark.parametrize("encoding", Encoding)
def test_nobody_is_asked_of_names_in_utf8(encoding: Encoding) -> None:
    for size in (1, 3, 10):
        for seed in range(100):
            names = pack_of_names(encoding, size, seed)
            assert unsure_of([name.encode() for name in names]) == []


def test_a_gbk_name_that_is_utf8_by_accident_is_unsure_even_alone() -> None:
    raw = "图片.jpg".encode("gbk")
    assert raw.decode() == "ͼƬ.jpg"
    assert unsure_of([b"1.jpg", raw]) == [1]
    assert guess_of([raw]) == Encoding.GBK


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5))
def test_whatever_the_bytes_are_they_are_read_and_a_guess_reads_them_all(
    raw_names: list[bytes],
) -> None:
    guess = guess_of(raw_names)
    assert (guess in readable_in(raw_names)) if guess else readable_in(raw_names) == []
    for encoding in (*Encoding, None):
        for raw in raw_names:
            assert read_name(raw, encoding)
