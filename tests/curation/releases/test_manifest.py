"""The same set gives the same bytes, and the bytes give the set back."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.releases.manifest import (
    DecidedBy,
    Entry,
    FaceAt,
    Header,
    Manifest,
    ManifestBroken,
    Place,
    compare,
    decode,
    digest_of,
    digest_of_votes,
    encode,
)
from curation.releases.selection import Selection

HEADER = Header(project="fans", subject="ada", rule="1")

# What a database stores as text: everything but halves of surrogate pairs and NUL.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
file_names = texts.filter(lambda text: "/" not in text and text not in {"", ".", ".."})
entries = st.builds(
    Entry,
    number=st.integers(1, 99_999),
    name=texts,
    file=file_names,
    file_sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    file_size_bytes=st.integers(0, 10**9),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    size_bytes=st.integers(0, 10**9),
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
    sources=st.sets(texts, max_size=3).map(lambda labels: tuple(sorted(labels))),
)
tenths = st.integers(-99_999, 99_999).map(lambda tenth: tenth / 10)
places = st.builds(
    Place,
    source=texts,
    path=texts,
    milliseconds=st.none() | st.integers(0, 10**8),
    page=texts,
    author=texts,
    licence=texts,
)
counts = st.integers(0, 9)
decided = st.builds(
    DecidedBy,
    is_ruling=st.booleans(),
    keep=counts,
    reject=counts,
    unsure=counts,
    votes_sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
)
faces = st.builds(
    FaceAt,
    box=st.tuples(tenths, tenths, tenths, tenths),
    **dict.fromkeys(("x", "y", "side", "turn", "yaw", "pitch", "roll"), tenths),
)
entries = st.builds(
    lambda entry, found, how, face, held_out: replace(
        entry,
        places=tuple(sorted(found, key=lambda place: place.order)),
        decided=how,
        face=face,
        held_out=held_out,
    ),
    entries,
    st.lists(places, max_size=3),
    st.none() | decided,
    st.none() | faces,
    st.booleans(),
)
sets = st.lists(entries, max_size=8, unique_by=lambda entry: entry.number)


def entry(number: int, *sources: str, name: str = "原名.jpg") -> Entry:
    return Entry(
        number=number,
        name=name,
        file=f"{number:05d}_{name}",
        file_sha256=f"{number + 1:064x}",
        file_size_bytes=8,
        sha256=f"{number:064x}",
        size_bytes=10,
        width=4,
        height=3,
        sources=sources or ("weibo",),
    )


def manifest(*entries_: Entry) -> Manifest:
    return Manifest(header=HEADER, entries=entries_)


@settings(deadline=None)
@given(sets)
def test_reading_gives_back_what_was_written_in_number_order(given_set: list[Entry]) -> None:
    data = encode(Manifest(header=HEADER, entries=tuple(given_set)))
    assert decode(data).header == HEADER
    assert list(decode(data).entries) == sorted(given_set, key=lambda each: each.number)


@settings(deadline=None)
@given(sets, st.integers())
def test_the_order_in_which_images_are_found_does_not_matter(
    given_set: list[Entry], seed: int
) -> None:
    shuffled = list(given_set)
    random.Random(seed).shuffle(shuffled)
    assert encode(Manifest(header=HEADER, entries=tuple(shuffled))) == encode(
        Manifest(header=HEADER, entries=tuple(given_set))
    )


def test_the_bytes_are_canonical() -> None:
    data = encode(manifest(entry(42)))
    assert data.decode() == (
        '{"format":"winnow-release/3","project":"fans","rule":"1","subject":"ada"}\n'
        f'{{"bytes":10,"file":"00042_原名.jpg","file_bytes":8,"file_sha256":"{43:064x}",'
        '"height":3,"name":"原名.jpg","number":42,"places":[],'
        f'"sha256":"{42:064x}","sources":["weibo"],"width":4}}\n'
    )
    assert digest_of(data) == digest_of(encode(decode(data)))


FIRST_FORMAT = (
    '{"format":"winnow-release/1","project":"fans","rule":"1","subject":"ada"}\n'
    '{"bytes":10,"file":"00042_原名.jpg","height":3,"name":"原名.jpg","number":42,'
    f'"sha256":"{42:064x}","sources":["weibo"],"width":4}}\n'
).encode()


def test_a_manifest_of_the_first_format_is_read_and_written_as_it_was() -> None:
    (only,) = decode(FIRST_FORMAT).entries
    assert (only.file_sha256, only.file_size_bytes) == (only.sha256, only.size_bytes)
    assert decode(FIRST_FORMAT).names_originals_alone
    assert not decode(encode(manifest(entry(1)))).names_originals_alone
    assert encode(decode(FIRST_FORMAT)) == FIRST_FORMAT


SECOND_FORMAT = (
    '{"format":"winnow-release/2","project":"fans","rule":"1","subject":"ada"}\n'
    f'{{"bytes":10,"file":"00042_原名.jpg","file_bytes":8,"file_sha256":"{43:064x}",'
    '"height":3,"name":"原名.jpg","number":42,'
    f'"sha256":"{42:064x}","sources":["weibo"],"width":4}}\n'
).encode()


def test_a_manifest_of_the_second_format_is_read_and_written_as_it_was() -> None:
    older = decode(SECOND_FORMAT)
    assert older.entries == (entry(42),)
    assert encode(older) == SECOND_FORMAT
    # What it did not know of is no change.
    newer = manifest(replace(entry(42), places=(Place(source="weibo", path="a.jpg"),)))
    assert not compare(older, newer)


@settings(deadline=None)
@given(sets)
def test_every_line_is_as_rfc_8785_has_it(given_set: list[Entry]) -> None:
    header = replace(HEADER, selection=Selection(budget=3, held_out=5).header())
    data = encode(Manifest(header=header, entries=tuple(given_set)))
    for line in data.removesuffix(b"\n").split(b"\n"):
        assert line == rfc8785.dumps(json.loads(line))


def test_a_number_that_python_would_write_otherwise_is_refused() -> None:
    face = FaceAt(
        box=(0, 0, 1e-7, 1), **dict.fromkeys(("x", "y", "side", "turn", "yaw", "pitch", "roll"), 0)
    )
    with pytest.raises(ValueError, match="more digits"):
        encode(manifest(replace(entry(1), face=face)))


def test_a_digest_of_votes_tells_what_was_said_and_neither_who_nor_in_which_order() -> None:
    votes = [("keep", "", 1), ("reject", "blurry,covered", 2)]
    assert digest_of_votes(votes) == digest_of_votes(votes[::-1])
    assert digest_of_votes(votes) != digest_of_votes([("keep", "", 1), ("reject", "blurry", 2)])


def test_a_picture_that_was_drawn_anew_has_two_names() -> None:
    odd = replace(entry(1), file="00001_原名.jpg.png", redrawn=True)
    assert decode(encode(manifest(odd))).entries == (odd,)
    assert odd.original_file == "00001_原名.jpg"


def test_a_line_break_of_another_alphabet_in_a_name_stays_in_its_line() -> None:
    odd = entry(1, name="a\u2028b\x85c\nd.jpg")
    assert decode(encode(manifest(odd))).entries == (odd,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json\n",
        b"[]\n",
        b'{"format":"something-else/1"}\n',
        json.dumps({"format": "winnow-release/1"}).encode(),
    ],
)
def test_other_bytes_are_no_manifest(data: bytes) -> None:
    with pytest.raises(ManifestBroken):
        decode(data)


@pytest.mark.parametrize("file", ["../../secret", "/etc/passwd", "images/1.jpg", "..", ".", ""])
def test_a_file_name_cannot_lead_out_of_its_folder(file: str) -> None:
    with pytest.raises(ManifestBroken, match="no plain file name"):
        decode(encode(manifest(replace(entry(1), file=file))))


def test_landmarks_that_were_known_beforehand_are_named_by_their_digest() -> None:
    header = replace(HEADER, landmarks_sha256="ab" * 32)
    data = encode(Manifest(header=header, entries=(entry(1),)))
    assert decode(data).header == header
    assert data.startswith(b'{"format":"winnow-release/3","landmarks_sha256":"abab')


def test_a_number_cannot_come_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        encode(manifest(entry(1), entry(1, "scan")))


def test_what_changed_between_two_sets_is_told_by_number() -> None:
    older = manifest(entry(1), entry(2), entry(3))
    newer = manifest(entry(2), entry(3, "weibo", "scan"), entry(4))
    difference = compare(older, newer)
    assert (difference.added, difference.removed, difference.changed) == ((4,), (1,), (3,))
    assert difference
    assert not compare(newer, newer)
    assert compare(None, newer).added == (2, 3, 4)


def test_another_rule_is_a_change_even_with_the_same_images() -> None:
    other_rule = Manifest(
        header=Header(project="fans", subject="ada", rule="2"), entries=(entry(1),)
    )
    assert compare(manifest(entry(1)), other_rule).rule_changed
