"""Zips that were made to do harm, or came out of a broken program."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from curation.analysis.analyse_image import analyse_image
from curation.batches.cut_batches import cut_batches
from curation.batches.models import Batch
from curation.errors import Refused
from curation.images.models import Image
from curation.packs.sort_out import Odd
from curation.projects.models import User
from curation.subjects.models import Subject
from tests.stories.analysis import analysis_of
from tests.stories.batches import cut, hand_out
from tests.stories.offline import SLIP, TOP, looked_into, taken, zipped
from tests.stories.packs import make_locked_zip


@pytest.fixture
def batch(
    subject: Subject, organiser: User, volunteer: User, make_image: Callable[..., Image]
) -> Batch:
    batch = cut(subject, make_image, num=3, by=organiser)
    hand_out(batch, volunteer, by=organiser)
    return batch


def odd_files(path: Path, batch: Batch, person: User) -> dict[str, Odd]:
    reports = looked_into(path, batch, person).sorted_out.reports
    return {report.path: report.odd for report in reports}


def test_names_that_lead_out_touch_no_disk_and_name_no_picture(
    batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    pack = taken(batch, volunteer)
    one = pack["00001.png"]
    pack = {f"{TOP}{path}": data for path, data in pack.items()}
    pack |= {"../00001.png": b"x" + one, "/etc/00002.png": b"y", "C:\\00003.png": b"z"}
    (tmp_path / "room").mkdir()
    sent = zipped(pack, tmp_path / "room" / "sent.zip", top="")
    before = {path.name for path in tmp_path.iterdir()}
    odd = odd_files(sent, batch, volunteer)
    assert set(odd.values()) == {Odd.FOREIGN}
    assert len(odd) == 3
    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_link_a_bomb_and_a_locked_picture_say_nothing(
    batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    pack = taken(batch, volunteer)
    sent = tmp_path / "sent.zip"
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SLIP, pack[SLIP])
        link = zipfile.ZipInfo("00001.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("00002.png", bytes(64 * 2**20))
        archive.writestr("00003.png", pack["00003.png"])
    preview = looked_into(sent, batch, volunteer)
    assert {report.odd for report in preview.sorted_out.reports} == {Odd.UNREADABLE}
    assert set(preview.sorted_out.said) == {3}
    assert preview.sorted_out.gone == ()


def test_a_pack_under_a_password_is_refused_since_its_slip_cannot_be_read(
    batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    members = {path: data for path, data in taken(batch, volunteer).items() if data}
    sent = make_locked_zip(tmp_path / "sent.zip", members, "1234")
    with pytest.raises(Refused, match="not as this site wrote it"):
        looked_into(sent, batch, volunteer)


@pytest.mark.parametrize("size", [5 * 2**20, 2**40])
def test_a_slip_that_claims_to_be_huge_is_not_unpacked(
    batch: Batch, volunteer: User, tmp_path: Path, size: int
) -> None:
    sent = tmp_path / "sent.zip"
    if size < 2**30:
        zipped({SLIP: b" " * size}, sent)
    else:
        zipped({SLIP: b"{}"}, sent, packing=zipfile.ZIP_STORED)
        data = sent.read_bytes()
        at = data.rindex(b"PK\x01\x02") + 24
        sent.write_bytes(data[:at] + struct.pack("<L", 2**32 - 2) + data[at + 4 :])
    with pytest.raises(Refused):
        looked_into(sent, batch, volunteer)


def test_a_broken_zip_is_refused_or_read_and_nothing_else_happens(
    batch: Batch, volunteer: User, tmp_path: Path
) -> None:
    whole = zipped(taken(batch, volunteer), tmp_path / "whole.zip").read_bytes()
    sent = tmp_path / "sent.zip"

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.data())
    def attack(data: st.DataObject) -> None:
        broken = bytearray(whole)
        for _ in range(data.draw(st.integers(1, 8))):
            broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
        end = data.draw(st.one_of(st.just(len(broken)), st.integers(0, len(broken))))
        sent.write_bytes(bytes(broken[:end]))
        try:
            preview = looked_into(sent, batch, volunteer)
        except Refused:
            return
        assert set(preview.sorted_out.said) | set(preview.sorted_out.gone) <= {1, 2, 3}

    attack()


def test_a_picture_saved_anew_counts_and_another_one_in_its_place_does_not(
    subject: Subject,
    volunteer: User,
    organiser: User,
    add_picture: Callable[[str], Image],
    tmp_path: Path,
) -> None:
    for name in ("ada_1.jpg", "bob_1.jpg", "ada_2.jpg"):
        analyse_image(analysis_id=analysis_of(add_picture(f"portraits/{name}")).pk)
    (batch,) = cut_batches(subject=subject, size=10, actor=organiser)
    hand_out(batch, volunteer, by=organiser)
    pack = taken(batch, volunteer)
    first, second, third = [path for path in pack if path[:5].isdecimal() and "/" not in path]
    pack[first] = saved_anew(pack[first])
    pack[second] = saved_anew(pack[third])
    pack[third] = b"\x89PNG no picture at all"
    sent = zipped(pack, tmp_path / "sent.zip")
    preview = looked_into(sent, batch, volunteer)
    assert {report.path: report.odd for report in preview.sorted_out.reports} == {
        second: Odd.OTHER_CONTENT,
        third: Odd.UNREADABLE,
    }
    assert list(preview.sorted_out.said) == [int(first[:5])]
    assert preview.sorted_out.num_resaved == 1


def saved_anew(data: bytes) -> bytes:
    """As a phone saves a picture: a JPEG of lower quality, smaller."""
    picture = Picture.open(io.BytesIO(data)).convert("RGB")
    small = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()
