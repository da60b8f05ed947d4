"""Whatever the bytes of a pack are: members, or a problem by its name; never a worker's end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation.sources.asking import Answers
from curation.sources.problem_codes import ProblemCode
from tests.stories.packs import (
    LOCKED_PASSWORD,
    contents,
    make_7z,
    make_locked_7z,
    make_locked_rar,
    make_locked_zip,
    make_rar,
    make_tar,
    make_zip,
    needs_libarchive,
)

MEMBERS = {"图/1.jpg": b"one" * 100, "2.jpg": b"two" * 100, "in.zip": b"PK\x03\x04 no zip"}

pytestmark = [needs_libarchive, pytest.mark.slow]


@st.composite
def damage(draw: st.DrawFn) -> list[tuple[float, bytes, int]]:
    """Where, by what, and instead of how many bytes; more often near an end, where heads lie."""
    where = st.one_of(st.floats(0, 1), st.floats(0, 0.1), st.floats(0.9, 1))
    change = st.tuples(where, st.binary(max_size=9), st.integers(0, 9))
    return draw(st.lists(change, min_size=1, max_size=4))


@pytest.mark.parametrize(
    "kind", ["zip", "rar", "7z", "tar", "tgz", "locked", "locked rar", "locked 7z"]
)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=damage())
def test_a_damaged_pack_gives_what_is_whole_and_names_the_rest(
    tmp_path_factory: pytest.TempPathFactory, kind: str, changes: list[tuple[float, bytes, int]]
) -> None:
    folder = tmp_path_factory.mktemp("pack") / "given"
    folder.mkdir()
    data = bytearray(made(kind, folder / f"a.{kind}").read_bytes())
    for where, by, num in changes:
        at = int(where * len(data))
        data[at : at + num] = by
    pack = folder / f"a.{kind}"
    pack.write_bytes(data)
    seen = contents(
        pack, Answers(takes_guesses=True, passwords=("x", LOCKED_PASSWORD), without_locked=True)
    )
    assert seen
    for found in seen.values():
        assert isinstance(found, ProblemCode) or len(found) < 1_000_000


def made(kind: str, path: Path) -> Path:
    make = {"zip": make_zip, "rar": make_rar, "7z": make_7z, "tar": make_tar, "tgz": make_tar}
    if kind == "locked":
        return make_locked_zip(path, MEMBERS, "x")
    if kind == "locked rar":
        return make_locked_rar(path, MEMBERS, "x", names_too=True)
    if kind == "locked 7z":
        return make_locked_7z(path, "names locked")
    return make[kind](path.with_suffix(".tar.gz") if kind == "tgz" else path, MEMBERS)
