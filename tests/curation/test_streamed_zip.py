"""A zip's length is known before its first byte is made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.streamed_zip import length_of_zip, zip_in_pieces

NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\\", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
)


@given(st.dictionaries(NAMES, st.binary(max_size=40), max_size=12))
@settings(max_examples=80)
def test_the_length_is_that_of_the_zip(members: dict[str, bytes]) -> None:
    made = b"".join(zip_in_pieces(members.items()))
    assert length_of_zip((name, len(data)) for name, data in members.items()) == len(made)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert [archive.read(each) for each in archive.infolist()] == list(members.values())


def test_more_members_than_a_narrow_zip_counts() -> None:
    members = [(f"{number:05d}", b"") for number in range(zipfile.ZIP_FILECOUNT_LIMIT + 1)]
    made = sum(len(piece) for piece in zip_in_pieces(members))
    assert length_of_zip((name, len(data)) for name, data in members) == made


@pytest.mark.slow
@pytest.mark.parametrize("num", [33, 34])
def test_more_bytes_than_a_narrow_zip_spans(num: int) -> None:
    """Of 64 MiB each: with the 33rd the offsets become wide, with the 34th one of a member."""
    data = bytes(2**26)

    def members() -> Iterator[tuple[str, bytes]]:
        return ((f"原名 {number}", data) for number in range(num))

    made = sum(len(piece) for piece in zip_in_pieces(members()))
    assert length_of_zip((name, len(data)) for name, _ in members()) == made
